import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../../host/failure.js';

/**
 * Throws `file-exists` where one of the files has changes in an editor: they would be lost, or would take the place of what
 * is written when they are saved.
 *
 * @param files absolute paths
 */
export function requireSaved(files: readonly string[]): void {
  const open = vscode.workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && files.includes(uri.fsPath),
  );
  if (open === undefined) return;
  throw new Failure(
    'file-exists',
    `${basename(open.fileName)} has changes in an editor that are not saved.`,
    'Save it or undo them first.',
  );
}
