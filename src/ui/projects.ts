import { sep } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../host/failure.js';

/** Absolute paths of the open projects' folders. */
export function projectFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
}

/** The open project's folder that a path belongs to, or the first; rejects when none is open. */
export function projectFor(path?: string): string {
  const folders = projectFolders();
  const owner = folders
    .filter((folder) => path !== undefined && (path === folder || path.startsWith(folder + sep)))
    .sort((left, right) => right.length - left.length)[0];
  const project = owner ?? folders[0];
  if (project !== undefined) return project;
  throw new Failure('invalid-argument', 'No folder is open.', 'Open the folder of your research project first.');
}
