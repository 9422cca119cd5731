import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { exportBundle } from '../../bundle/export-bundle.js';
import { readMetadata } from '../../bundle/metadata.js';
import { type ZenodoJson } from '../../bundle/zenodo-json.js';
import { Failure } from '../../host/failure.js';
import { pathComponentFrom } from '../../image/reference.js';
import { type ContractCommand } from '../contract-command.js';
import { formatSize } from '../format.js';
import { pickImage } from '../pick.js';
import { projectFolders, projectFor } from '../projects.js';

export const exportBundleCommand: ContractCommand<'exportBundle'> = {
  ask: async (selection, services) => {
    const image = await pickImage(selection, services, 'Export for Zenodo');
    if (image === undefined) return undefined;
    const metadata = await askMetadata();
    if (metadata === undefined) return undefined;
    const project = projectFor();
    const proposed = join(dirname(project), `${basename(project)}-bundle-${pathComponentFrom(image)}`);
    const folder = await vscode.window.showInputBox({
      title: `Export ${image} for Zenodo`,
      prompt: 'New folder for the bundle',
      value: proposed,
      valueSelection: [dirname(proposed).length + 1, proposed.length],
      ignoreFocusOut: true,
    });
    if (folder === undefined) return undefined;
    return { images: [image], folder, ...(metadata === 'known' ? {} : { metadata }) };
  },
  title: ({ images }) => `Exporting ${images.join(', ')}`,
  run: async (argument, work, { engine, archiveWorker }) =>
    exportBundle(await engine.connect(), argument, { projects: projectFolders(), archiveWorker }, work),
  show: async ({ folder, files }) => {
    const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
    const verify = 'Verify Bundle';
    const open = 'Open README';
    const chosen = await vscode.window.showInformationMessage(
      `The bundle is ready: ${files.length} files, ${size}, in ${folder}.`,
      verify,
      open,
    );
    if (chosen === open) await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'README.md')));
    if (chosen === verify) {
      await vscode.commands.executeCommand(
        'researchContainers.verifyBundle',
        vscode.Uri.file(join(folder, 'bundle.json')),
      );
    }
  },
};

/** Title and creators, asked only where the project does not say them; undefined when the person changed their mind. */
async function askMetadata(): Promise<ZenodoJson | 'known' | undefined> {
  try {
    await readMetadata(projectFor(), undefined);
    return 'known';
  } catch (error) {
    if (!(error instanceof Failure && error.reason === 'metadata-missing')) throw error;
  }
  const title = await vscode.window.showInputBox({
    title: 'Export for Zenodo: 1 of 2',
    prompt: 'Title of the record (a CITATION.cff in the project would say it)',
    validateInput: (text) => (text.trim() === '' ? 'A record needs a title.' : undefined),
    ignoreFocusOut: true,
  });
  if (title === undefined) return undefined;
  const creators = await vscode.window.showInputBox({
    title: 'Export for Zenodo: 2 of 2',
    prompt: 'Creators, as “Family name, given name”, separated by semicolons',
    placeHolder: 'Curie, Marie; Noether, Emmy',
    validateInput: (text) => (text.trim() === '' ? 'A record needs at least one creator.' : undefined),
    ignoreFocusOut: true,
  });
  if (creators === undefined) return undefined;
  const names = creators
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return { title: title.trim(), creators: names.map((name) => ({ name })) };
}
