import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type TransferOptions } from '../../engine/inside/place.js';
import { counted } from '../confirm.js';
import { freeName } from '../files/file-naming.js';
import { FileNode } from '../files/file-nodes.js';
import { type PlaceFiles } from '../files/place-files.js';
import { baseName, type PlacePath } from '../files/place-uri.js';
import { withTransfer } from '../files/transfer-progress.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { projectFolders } from '../projects.js';
import { pickPlaceFolder } from './browse-files.js';
import { type FilesCommand, selectedFiles } from './files-actions.js';

/** Something that is copied to this machine. */
interface Wanted {
  at: PlacePath;
  isFolder: boolean;
  /** Bytes, where they are known. */
  size: number | undefined;
}

export const downloadFilesCommand: FilesCommand = async (selection, services) => {
  const wanted = selectedFiles(selection).map((node): Wanted => {
    const isFolder = !(node instanceof FileNode);
    return { at: node.at, isFolder, size: isFolder ? undefined : node.entry.size };
  });
  if (wanted.length === 0) {
    const at = await pickPlaceFolder(services, 'Download', 'all');
    if (at !== undefined) wanted.push({ at, isFolder: true, size: undefined });
  }
  await download(services.files, wanted);
};

async function download(files: PlaceFiles, wanted: readonly Wanted[]): Promise<void> {
  const [only] = wanted;
  if (only === undefined) return;
  if (wanted.length === 1 && !only.isFolder) await downloadFile(files, only);
  else await downloadAll(files, wanted);
}

async function downloadFile(files: PlaceFiles, { at, size }: Wanted): Promise<void> {
  const name = freeName(baseName(at.path), () => false);
  const folder = projectFolders()[0] ?? homedir();
  const file = await vscode.window.showSaveDialog({
    title: `Download ${oneLine(name)}`,
    saveLabel: 'Download',
    defaultUri: vscode.Uri.file(join(folder, name)),
  });
  if (file === undefined) return;
  const to = file.fsPath;
  await withTransfer(`Downloading ${name}`, size, async (options) => {
    await replaceWhenWhole(to, (beside) => copy(files, at, beside, options));
  });
  await tell(`Downloaded ${name} to ${to}.`, to, []);
}

/** The dialog has asked whether a file that is there is to be replaced: it is, when the new one is whole. */
async function replaceWhenWhole(to: string, write: (beside: string) => Promise<unknown>): Promise<void> {
  const beside = join(dirname(to), `.${basename(to).slice(0, 40)}.${randomUUID()}`);
  try {
    await write(beside);
    await rename(beside, to);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

async function downloadAll(files: PlaceFiles, wanted: readonly Wanted[]): Promise<void> {
  const [project] = projectFolders();
  const chosen = await vscode.window.showOpenDialog({
    title: 'Download to This Folder',
    openLabel: 'Download Here',
    canSelectFiles: false,
    canSelectFolders: true,
    ...(project === undefined ? {} : { defaultUri: vscode.Uri.file(project) }),
  });
  const [folder] = chosen ?? [];
  if (folder === undefined) return;
  const what =
    wanted.length === 1 ? wanted.map(({ at }) => nameOf(at)).join() : counted(wanted.length, 'entry', 'entries');
  const sizes = wanted.map(({ size }) => size);
  const total = sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
  const leftOut: string[] = [];
  const made: string[] = [];
  await withTransfer(`Downloading ${what}`, total, async ({ signal, onBytes }) => {
    let before = 0;
    for (const { at } of wanted) {
      // Nothing that is there is replaced: a copy gets a name that is free.
      const to = join(
        folder.fsPath,
        freeName(nameOf(at), (name) => existsSync(join(folder.fsPath, name))),
      );
      let bytes = 0;
      const onMore = (now: number): void => {
        bytes = now;
        onBytes(before + now);
      };
      leftOut.push(...(await copy(files, at, to, { signal, onBytes: onMore })));
      before += bytes;
      made.push(to);
    }
  });
  const [first] = made;
  const where = made.length === 1 && first !== undefined ? first : folder.fsPath;
  await tell(`Downloaded ${what} to ${where}.`, where, leftOut);
}

async function copy(files: PlaceFiles, at: PlacePath, to: string, options: TransferOptions): Promise<string[]> {
  const { leftOut } = await files.use(at.place, options.signal, (inside, signal) =>
    inside.download(at.path, to, { ...options, signal }),
  );
  return leftOut;
}

/** The root of a place has the place's name. */
function nameOf({ path, label }: PlacePath): string {
  return path === '/' ? label.replaceAll(/[/\\:]/g, '-') : baseName(path);
}

const mostNamed = 5;

async function tell(said: string, where: string, leftOut: readonly string[]): Promise<void> {
  const rest = leftOut.length > mostNamed ? ` and ${leftOut.length - mostNamed} more` : '';
  const without = leftOut.length === 0 ? '' : ` Left out: ${leftOut.slice(0, mostNamed).join(', ')}${rest}.`;
  const text = withoutLinks(oneLine(said + without));
  const uri = vscode.Uri.file(where);
  const inProject = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  // On another machine there is no file manager to show it in.
  const button = inProject ? 'Reveal' : vscode.env.remoteName === undefined ? 'Open Folder' : undefined;
  const buttons = button === undefined ? [] : [button];
  const chosen = await (leftOut.length === 0
    ? vscode.window.showInformationMessage(text, ...buttons)
    : vscode.window.showWarningMessage(text, ...buttons));
  if (chosen === undefined) return;
  await vscode.commands.executeCommand(inProject ? 'revealInExplorer' : 'revealFileInOS', uri);
}
