import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { archiveImageTo } from '../../bundle/archive-image.js';
import { inspectImage } from '../../engine/images.js';
import { Failure } from '../../host/failure.js';
import { pathComponentFrom } from '../../image/reference.js';
import { keptLayers } from '../bundle/export-storage.js';
import { type ContractCommand } from '../contract-command.js';
import { pickImage } from '../pick.js';
import { projectFolders } from '../projects.js';

export const saveImageCommand: ContractCommand<'saveImage'> = {
  ask: async (selection, services) => {
    const image = await pickImage(selection, services, 'Save Image to File');
    if (image === undefined) return undefined;
    const [project] = projectFolders();
    const file = await vscode.window.showSaveDialog({
      title: `Save ${image}`,
      defaultUri: vscode.Uri.file(join(dirname(project ?? '/'), `${pathComponentFrom(image)}.tar.gz`)),
      filters: { 'Image archive': ['tar.gz', 'tar.zst', 'tar'] },
    });
    // The dialog has asked whether a file that is there is to be replaced.
    return file === undefined ? undefined : { image, file: file.fsPath, existing: 'replace' };
  },
  title: ({ image }) => `Saving ${image}`,
  run: async ({ image, file, existing }, work, services) => {
    const { engine, archiveWorker } = services;
    if (existing !== 'replace' && (await exists(file))) {
      throw new Failure('file-exists', `${file} exists already.`, 'Choose another name, or remove the file first.');
    }
    const connection = await engine.connect();
    const details = await inspectImage(connection, image, work.signal);
    const compression = /\.t?gz$/.test(file) ? 'gzip' : file.endsWith('.zst') ? 'zstd' : 'none';
    const { sha256 } = await archiveImageTo(
      connection,
      image,
      details,
      { file, compression, archiveWorker, layers: keptLayers(services) },
      work,
    );
    return { file, sha256 };
  },
  show: async ({ file, sha256 }, { image }) => {
    const copy = 'Copy SHA-256';
    const chosen = await vscode.window.showInformationMessage(`Saved ${image} to ${file}.`, copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(sha256);
  },
};

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
