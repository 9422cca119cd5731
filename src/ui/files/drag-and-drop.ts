import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { asFailure, Failure } from '../../host/failure.js';
import { type TreeNode } from '../explorer/tree-node.js';
import { showFailure } from '../show-failure.js';
import { requireTrust } from '../trust.js';
import { ContentNode, FileNode } from './file-nodes.js';
import { type PlaceFiles } from './place-files.js';
import { filesScheme } from './place-uri.js';
import { type Source } from './upload.js';

const uriList = 'text/uri-list';

/** Files that are dropped onto a folder of a tree are uploaded; a file that is dragged out of it opens where it is dropped. */
export class FilesDragAndDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dropMimeTypes = [uriList, 'files'];
  readonly dragMimeTypes = [uriList];

  constructor(private readonly files: PlaceFiles) {}

  handleDrag(nodes: readonly TreeNode[], data: vscode.DataTransfer): void {
    const uris = nodes.flatMap((node) =>
      node instanceof FileNode || node instanceof ContentNode ? [node.uri.toString()] : [],
    );
    if (uris.length > 0) data.set(uriList, new vscode.DataTransferItem(uris.join('\r\n')));
  }

  async handleDrop(
    target: TreeNode | undefined,
    data: vscode.DataTransfer,
    token: vscode.CancellationToken,
  ): Promise<void> {
    try {
      const sources = await sourcesOf(data);
      if (sources.length === 0 || token.isCancellationRequested) return;
      requireTrust();
      if (!(target instanceof ContentNode)) {
        throw new Failure(
          'not-a-folder',
          'Files can be dropped onto a folder, or onto “Files”.',
          'Open a container or a volume, and drop them there.',
        );
      }
      // Loaded with the first drop: nothing of it costs a VS Code that only starts.
      const { uploadInto } = await import('./upload.js');
      await uploadInto(this.files, target.at, sources);
    } catch (error) {
      const failure = asFailure(error, 'Uploading');
      this.files.log.error(`Uploading: ${failure.message} [${failure.reason}]`);
      await showFailure(failure);
    }
  }
}

/** What was dropped: by its path where it is on this machine, else by its content. */
async function sourcesOf(data: vscode.DataTransfer): Promise<Source[]> {
  const dropped = [...data].flatMap(([, item]) => {
    const file = item.asFile();
    return file === undefined ? [] : [file];
  });
  const list = await data.get(uriList)?.asString();
  const uris = (list ?? '')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
  if (uris.some(({ scheme }) => scheme === filesScheme)) {
    throw new Failure(
      'invalid-argument',
      'Files are not moved by dragging them inside.',
      'Use “Rename…”, or “Download…” and “Upload Files…”.',
    );
  }
  const named = [...uris, ...dropped.flatMap(({ uri }) => uri ?? [])].filter(({ scheme }) => scheme === 'file');
  const paths: string[] = [];
  for (const path of new Set(named.map(({ fsPath }) => fsPath))) if (await isThere(path)) paths.push(path);
  const names = new Set(paths.map((path) => basename(path)));
  const contents = dropped.filter(({ name }) => !names.has(name));
  if (uris.length > 0 && paths.length + contents.length === 0) {
    throw new Failure(
      'file-not-found',
      'What was dropped is not on the machine where VS Code runs this.',
      'Copy it there first, into the project for example.',
    );
  }
  return [
    ...paths.map((path): Source => ({ kind: 'path', path })),
    ...contents.map((file): Source => ({ kind: 'content', name: file.name, read: () => file.data() })),
  ];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
