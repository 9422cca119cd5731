import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { exportVolume } from '../../engine/volume-archive.js';
import { type ContractCommand } from '../contract-command.js';
import { pickVolumes } from '../pick.js';
import { withoutLinks } from '../plain-text.js';
import { projectFolders } from '../projects.js';
import { reportBytes } from './report-bytes.js';

export const exportVolumeCommand: ContractCommand<'exportVolume'> = {
  ask: async (selection, services) => {
    const [volume] = (await pickVolumes(selection, services, 'Export Volume to File')) ?? [];
    if (volume === undefined) return undefined;
    const [project] = projectFolders();
    // A volume without a name of its own has an identifier that would fill the dialog.
    const proposed = volume.name.replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1');
    const file = await vscode.window.showSaveDialog({
      title: `Export the volume ${volume.name}`,
      defaultUri: vscode.Uri.file(join(dirname(project ?? '/'), `${proposed}.tar.gz`)),
      filters: { 'Volume archive': ['tar.gz', 'tgz', 'tar'] },
    });
    // The dialog has asked whether a file that is there is to be replaced.
    return file === undefined ? undefined : { name: volume.name, file: file.fsPath, existing: 'replace' };
  },
  title: ({ name }) => `Exporting the volume ${name}`,
  run: async ({ name, file, existing = 'fail' }, { signal, onProgress }, { engine }) => {
    const onBytes = reportBytes(onProgress, 'Read');
    await exportVolume(await engine.connect(), name, { file, existing, signal, onBytes });
    return { name, file };
  },
  show: async ({ name, file }) => {
    await vscode.window.showInformationMessage(withoutLinks(`Exported the volume ${name} to ${file}.`));
  },
};
