import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { importVolume } from '../../engine/volume-archive.js';
import { type ContractCommand } from '../contract-command.js';
import { confirmLoss } from '../confirm.js';
import { withoutIcons } from '../plain-text.js';
import { selectedVolumes } from '../selection.js';
import { reportBytes } from './report-bytes.js';
import { askVolumeName } from './volume-name.js';

export const importVolumeCommand: ContractCommand<'importVolume'> = {
  ask: async (selection, { engine }) => {
    const file = selection.kind === 'file' ? selection.uri : await askFile();
    if (file === undefined) return undefined;
    const chosen = await askVolumeName(await engine.connect(), {
      title: `Import ${basename(file.fsPath)} into a Volume`,
      prompt: 'Name of the volume that gets the files',
      value: selectedVolumes(selection)[0]?.name ?? proposedName(file.fsPath),
      taken: { text: 'There is a volume of this name: the files would be put beside its own.', isMistake: false },
    });
    if (chosen === undefined) return undefined;
    const { name, isTaken } = chosen;
    if (!isTaken) return { name, file: file.fsPath };
    const lost = [`Files of ${name} that have the same names as files of ${basename(file.fsPath)}`];
    const sure = await confirmLoss(
      `Import into the volume ${name}?`,
      lost,
      'Import',
      'They are replaced; others stay.',
    );
    return sure ? { name, file: file.fsPath, existing: 'merge' } : undefined;
  },
  title: ({ name }) => `Importing the volume ${name}`,
  run: async ({ name, file, existing = 'fail' }, { signal, onProgress }, { engine }) => {
    // It is read twice. A file that cannot be read is told of where it is opened.
    const whole = await stat(file).then(
      ({ size }) => 2 * size,
      () => undefined,
    );
    const onBytes = reportBytes(onProgress, 'Checked and unpacked', whole);
    await importVolume(await engine.connect(), name, { file, existing, signal, onBytes });
    return { name, file };
  },
  show: ({ name, file }) => {
    const text = `The volume ${name} has the files of ${basename(file)}.`;
    vscode.window.setStatusBarMessage(`$(database) ${withoutIcons(text)}`, 5000);
    return Promise.resolve();
  },
};

async function askFile(): Promise<vscode.Uri | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Import Volume from File',
      openLabel: 'Import Volume',
      filters: { 'Volume archive': ['tar', 'gz', 'tgz', 'zst'], 'All files': ['*'] },
    })) ?? [];
  return file;
}

/** The name of the file without what says its format, in letters that a volume can have. */
function proposedName(file: string): string {
  return basename(file)
    .replace(/\.(?:tgz|tar(?:\.(?:gz|zst))?)$/i, '')
    .replace(/[^a-zA-Z0-9_.-]+/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '');
}
