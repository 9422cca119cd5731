import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../host/failure.js';

/** Absolute paths of the open projects' folders. */
export function projectFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
}

/** The open project's folder that a path lies in; undefined when it lies in none. */
export function projectOf(path: string): string | undefined {
  return projectFolders()
    .filter((folder) => path === folder || path.startsWith(folder + sep))
    .sort((left, right) => right.length - left.length)[0];
}

/** The open project's folder that a path lies in, or else the first; rejects when none is open. */
export function projectFor(path?: string): string {
  const project = (path === undefined ? undefined : projectOf(path)) ?? projectFolders()[0];
  if (project !== undefined) return project;
  throw new Failure('invalid-argument', 'No folder is open.', 'Open the folder of your research project first.');
}

/** Absolute path of the folder that keeps the records of runs while no folder is open. */
export function folderlessProject(storage: string): string {
  return join(storage, 'without-a-folder');
}
