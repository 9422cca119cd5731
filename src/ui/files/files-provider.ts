import * as vscode from 'vscode';
import { type Entry, type Inside } from '../../engine/inside/place.js';
import { asFailure, type Failure } from '../../host/failure.js';
import { fileSystemErrorOf, readWhole, writeWhole } from './file-operations.js';
import { type FileChange, isFile, isFolder, type PlaceFiles } from './place-files.js';
import { addressedBy, placeKey, type PlacePath, placeUri } from './place-uri.js';

/** The files of containers, volumes and images as a file system of VS Code's. */
export class FilesProvider implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly following: { dispose(): void };

  constructor(private readonly files: PlaceFiles) {
    this.following = files.onChange((changes) => {
      if (changes.length > 0) this.changed.fire(changes.map(eventOf));
    });
  }

  /** Nobody tells what programs change inside: VS Code asks again when a file is saved or opened. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const addressed = addressedBy(uri);
    if (addressed?.kind === 'above') {
      const permissions = vscode.FilePermission.Readonly;
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0, permissions };
    }
    return this.inside(uri, async (inside, path, signal) => {
      const entry = await inside.stat(path, signal);
      const { size, modified } = entry;
      const permissions = inside.isReadOnly ? { permissions: vscode.FilePermission.Readonly } : {};
      return { type: typeOf(entry), ctime: modified, mtime: modified, size, ...permissions };
    });
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const addressed = addressedBy(uri);
    if (addressed?.kind === 'above') return [[addressed.child, vscode.FileType.Directory]];
    return this.inside(uri, async (inside, path, signal) => {
      const { entries } = await inside.list(path, signal);
      return entries.map((entry): [string, vscode.FileType] => [entry.name, typeOf(entry)]);
    });
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.inside(uri, (inside, path, signal) => readWhole(inside, path, signal));
  }

  async writeFile(
    uri: vscode.Uri,
    content: Uint8Array,
    options: { create: boolean; overwrite: boolean },
  ): Promise<void> {
    const kind = await this.inside(uri, (inside, path, signal) => writeWhole(inside, path, content, options, signal));
    this.files.changed([{ kind, at: this.placed(uri) }]);
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await this.inside(uri, (inside, path, signal) => inside.makeFolder(path, signal));
    this.files.changed([{ kind: 'created', at: this.placed(uri) }]);
  }

  async delete(uri: vscode.Uri): Promise<void> {
    await this.inside(uri, (inside, path, signal) => inside.remove(path, signal));
    this.files.changed([{ kind: 'deleted', at: this.placed(uri) }]);
  }

  async rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { overwrite: boolean }): Promise<void> {
    const target = this.placed(to);
    if (placeKey(this.placed(from).place) !== placeKey(target.place)) {
      throw vscode.FileSystemError.Unavailable('Files are not moved from one container or volume into another.');
    }
    await this.inside(from, (inside, path, signal) => inside.rename(path, target.path, { replace: overwrite, signal }));
    this.files.changed([
      { kind: 'deleted', at: this.placed(from) },
      { kind: 'created', at: target },
    ]);
  }

  dispose(): void {
    this.following.dispose();
    this.changed.dispose();
  }

  private placed(uri: vscode.Uri): PlacePath {
    const addressed = addressedBy(uri);
    if (addressed === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    if (addressed.kind === 'above') throw vscode.FileSystemError.NoPermissions(uri);
    return addressed;
  }

  private async inside<T>(
    uri: vscode.Uri,
    work: (inside: Inside, path: string, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { place, path } = this.placed(uri);
    try {
      // VS Code has no Cancel for what it asks of a file system.
      const { signal } = new AbortController();
      return await this.files.use(place, signal, (inside, either) => work(inside, path, either));
    } catch (error) {
      const failure = asFailure(error, 'Looking inside');
      if (failure.reason !== 'file-not-found') this.files.log.warn(`${uri.path}: ${failure.message}`);
      throw fileSystemError(failure);
    }
  }
}

function fileSystemError({ reason, message, remedy }: Failure): vscode.FileSystemError {
  return vscode.FileSystemError[fileSystemErrorOf(reason)](`${message} ${remedy}`);
}

function eventOf({ kind, at }: FileChange): vscode.FileChangeEvent {
  const uri = vscode.Uri.from(placeUri(at));
  switch (kind) {
    case 'created':
      return { type: vscode.FileChangeType.Created, uri };
    case 'changed':
      return { type: vscode.FileChangeType.Changed, uri };
    case 'deleted':
      return { type: vscode.FileChangeType.Deleted, uri };
  }
}

function typeOf(entry: Entry): vscode.FileType {
  const type = isFolder(entry)
    ? vscode.FileType.Directory
    : isFile(entry)
      ? vscode.FileType.File
      : vscode.FileType.Unknown;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- VS Code says to add it so
  return entry.link === undefined ? type : type | vscode.FileType.SymbolicLink;
}
