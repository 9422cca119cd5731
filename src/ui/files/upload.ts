import { basename } from 'node:path';
import * as vscode from 'vscode';
import { confirmLoss, counted } from '../confirm.js';
import { oneLine } from '../plain-text.js';
import { type FileChange, type PlaceFiles } from './place-files.js';
import { pathIn, type PlacePath } from './place-uri.js';
import { replacedBy } from './file-naming.js';
import { withTransfer } from './transfer-progress.js';

/** Something to be copied into a place. */
export type Source =
  /** A file or folder of this machine, by its absolute path. */
  | { kind: 'path'; path: string }
  /** A file that only VS Code has, such as one that was dropped from another machine's desktop. */
  | { kind: 'content'; name: string; read: () => Thenable<Uint8Array> };

/** Copies files and folders into a folder of a place, after a question where something would be replaced. */
export async function uploadInto(files: PlaceFiles, target: PlacePath, sources: readonly Source[]): Promise<void> {
  if (sources.length === 0) return;
  const names = sources.map(nameOf);
  // What is known of the folder may be old: nothing may be replaced that a person was not told of.
  files.forget(target.place, target.path);
  const { entries } = await files.content(target.place, target.path);
  const replaced = replacedBy(names, entries);
  if (replaced.length > 0) {
    const question = `Replace ${counted(replaced.length, 'file')} in ${target.path}?`;
    const note = 'What is there now is lost.';
    const lost = replaced.map(({ name, kind }) =>
      kind === 'folder' ? `${name} (the files of the folder that have the same names)` : name,
    );
    if (!(await confirmLoss(question, lost, 'Replace', note))) return;
  }
  const title = `Uploading ${names.length === 1 ? (names[0] ?? '') : counted(names.length, 'file')} to ${target.path}`;
  try {
    await withTransfer(title, undefined, async ({ signal, onBytes }) => {
      await files.use(target.place, signal, async (inside, either) => {
        const paths = sources.flatMap((source) => (source.kind === 'path' ? [source.path] : []));
        if (paths.length > 0) await inside.upload(paths, target.path, { signal: either, onBytes });
        for (const source of sources) {
          if (source.kind === 'path') continue;
          await inside.write(pathIn(target.path, source.name), await source.read(), either);
        }
      });
    });
    const said = `Uploaded ${names.length === 1 ? (names[0] ?? '') : counted(names.length, 'file')} to ${target.path}.`;
    vscode.window.setStatusBarMessage(`$(check) ${oneLine(said).replaceAll('$(', '$ (')}`, 5000);
  } finally {
    // Of what was cancelled or failed, some may be there.
    const known = new Set(entries.map(({ name }) => name));
    const changes = names.map((name): FileChange => {
      return { kind: known.has(name) ? 'changed' : 'created', at: { ...target, path: pathIn(target.path, name) } };
    });
    files.changed(changes);
  }
}

function nameOf(source: Source): string {
  return source.kind === 'path' ? basename(source.path) : source.name;
}
