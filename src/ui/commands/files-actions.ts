import * as vscode from 'vscode';
import { formatSize } from '../../host/quantities.js';
import { confirmLoss, counted } from '../confirm.js';
import { problemOfName } from '../files/file-naming.js';
import { ContentNode, FileNode, FolderNode } from '../files/file-nodes.js';
import { baseName, folderOf, pathIn, placeKey, type PlacePath } from '../files/place-uri.js';
import { type Source, uploadInto } from '../files/upload.js';
import { forEachItem } from '../for-each-item.js';
import { type Selection } from '../selection.js';
import { type Services } from '../services.js';
import { pickPlaceFolder } from './browse-files.js';

/** A command on files of containers, volumes and images. */
export type FilesCommand = (selection: Selection, services: Services) => Promise<void>;

export const uploadFilesCommand: FilesCommand = async (selection, services) => {
  await upload(selection, services, {
    title: 'Upload Files',
    openLabel: 'Upload',
    canSelectMany: true,
    canSelectFiles: true,
    canSelectFolders: false,
  });
};

export const uploadFolderCommand: FilesCommand = async (selection, services) => {
  await upload(selection, services, {
    title: 'Upload Folder',
    openLabel: 'Upload',
    canSelectMany: true,
    canSelectFiles: false,
    canSelectFolders: true,
  });
};

async function upload(
  selection: Selection,
  services: Services,
  dialog: vscode.OpenDialogOptions & { title: string },
): Promise<void> {
  const target = selectedFolders(selection)[0]?.at ?? (await pickPlaceFolder(services, dialog.title, 'changeable'));
  if (target === undefined) return;
  const chosen = await vscode.window.showOpenDialog(dialog);
  const sources = (chosen ?? []).map(({ fsPath }): Source => ({ kind: 'path', path: fsPath }));
  await uploadInto(services.files, target, sources);
}

export const newFolderCommand: FilesCommand = async (selection, { files }) => {
  const [folder] = selectedFolders(selection);
  if (folder === undefined) return;
  const { place, path } = folder.at;
  const { entries } = await files.content(place, path);
  const name = await vscode.window.showInputBox({
    title: `New Folder in ${path}`,
    validateInput: (text) => (text === '' ? undefined : problemOfName(text, entries)),
    ignoreFocusOut: true,
  });
  if (name === undefined || name === '') return;
  const at = { ...folder.at, path: pathIn(path, name) };
  await files.use(place, new AbortController().signal, (inside, signal) => inside.makeFolder(at.path, signal));
  files.changed([{ kind: 'created', at }]);
};

export const renameFileCommand: FilesCommand = async (selection, { files }) => {
  const [node] = selectedEntries(selection);
  if (node === undefined) return;
  const { place, path } = node.at;
  const old = baseName(path);
  const { entries } = await files.content(place, folderOf(path));
  const others = entries.filter(({ name }) => name !== old);
  const dot = old.lastIndexOf('.');
  const name = await vscode.window.showInputBox({
    title: `Rename ${old}`,
    value: old,
    valueSelection: [0, dot > 0 && node instanceof FileNode ? dot : old.length],
    validateInput: (text) => problemOfName(text, others),
    ignoreFocusOut: true,
  });
  if (name === undefined || name === old) return;
  const to = { ...node.at, path: pathIn(folderOf(path), name) };
  await files.use(place, new AbortController().signal, (inside, signal) =>
    inside.rename(path, to.path, { replace: false, signal }),
  );
  files.changed([
    { kind: 'deleted', at: node.at },
    { kind: 'created', at: to },
  ]);
};

export const deleteFileCommand: FilesCommand = async (selection, { files }) => {
  const nodes = outermost(selectedEntries(selection));
  if (nodes.length === 0) return;
  const lost = nodes.map((node) =>
    node.entry.kind === 'link'
      ? `${node.at.path} (a link: what it leads to stays)`
      : node instanceof FileNode
        ? `${node.at.path} (${formatSize(node.entry.size)})`
        : `${node.at.path} (a folder, with all that is in it)`,
  );
  const note = `It is removed from ${placesOf(nodes)}, and cannot be brought back.`;
  const noun = nodes.every((node) => node instanceof FileNode) ? counted(nodes.length, 'file') : things(nodes.length);
  if (!(await confirmLoss(`Delete ${noun}?`, lost, 'Delete', note))) return;
  const items = nodes.map(({ at }) => ({ name: at.path, at }));
  await forEachItem('Deleting', items, async ({ at }, signal) => {
    try {
      await files.use(at.place, signal, (inside, either) => inside.remove(at.path, either));
    } finally {
      // Where it failed, a part of a folder may be gone.
      files.changed([{ kind: 'deleted', at }]);
    }
  });
};

function things(count: number): string {
  return counted(count, 'entry', 'entries');
}

function placesOf(nodes: readonly { at: PlacePath }[]): string {
  return [...new Set(nodes.map(({ at }) => at.label))].join(', ');
}

/** Without what lies in a folder that is there as well. */
function outermost<Node extends { at: PlacePath }>(nodes: readonly Node[]): Node[] {
  const isBelow = (inner: PlacePath, outer: PlacePath): boolean =>
    placeKey(inner.place) === placeKey(outer.place) && inner.path.startsWith(`${outer.path}/`);
  return nodes.filter(({ at }) => !nodes.some((other) => isBelow(at, other.at)));
}

export const copyFilePathCommand: FilesCommand = async (selection) => {
  const paths = selectedFiles(selection).map(({ at }) => at.path);
  if (paths.length === 0) return;
  await vscode.env.clipboard.writeText(paths.join('\n'));
  vscode.window.setStatusBarMessage(`$(check) Copied ${counted(paths.length, 'path')}.`, 3000);
};

export const refreshFilesCommand: FilesCommand = (selection) => {
  for (const node of selectedFiles(selection)) node.forget();
  return Promise.resolve();
};

/** The lines of files and folders that a command was started on. */
export function selectedFiles(selection: Selection): (ContentNode | FileNode)[] {
  if (selection.kind !== 'nodes') return [];
  return selection.nodes.filter((node) => node instanceof FileNode || node instanceof ContentNode);
}

function selectedFolders(selection: Selection): ContentNode[] {
  return selection.kind === 'nodes' ? selection.nodes.filter((node) => node instanceof ContentNode) : [];
}

/** Those that have a name of their own, which the root of a place has not. */
function selectedEntries(selection: Selection): (FileNode | FolderNode)[] {
  return selectedFiles(selection).filter((node) => node instanceof FileNode || node instanceof FolderNode);
}
