import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { defaultComposeFiles } from '../../compose/compose-files.js';
import { type Selection } from '../selection.js';
import { isComposeFile } from './compose-file-name.js';

const mostOffered = 50;

/** The files of an application, and which of its services are meant; all where none is named. */
export interface Target {
  file: string;
  overrides?: string[];
  services?: string[];
}

/** The compose file that a command was started on, that is being edited, or that is chosen of those in the workspace. */
export async function pickComposeFile(selection: Selection, title: string): Promise<Target | undefined> {
  if (selection.kind === 'file') {
    const { uri, service } = selection;
    return { file: uri.fsPath, ...(service === undefined ? {} : { services: [service] }) };
  }
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active?.scheme === 'file' && isComposeFile(active.path)) return { file: active.fsPath };
  const found = await vscode.workspace.findFiles(
    '**/{compose,docker-compose}{.,-}*{yml,yaml}',
    '**/{node_modules,.venv,vendor}/**',
    mostOffered,
  );
  const files = found
    .filter((uri) => uri.scheme === 'file' && isComposeFile(uri.path))
    .sort(
      (left, right) => left.path.split('/').length - right.path.split('/').length || (left.path < right.path ? -1 : 1),
    );
  const [first] = files;
  if (first === undefined) {
    await vscode.window.showInformationMessage('There is no compose file in this workspace yet.');
    return undefined;
  }
  if (files.length === 1) return { file: first.fsPath };
  const picked = await vscode.window.showQuickPick(
    files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { title, placeHolder: 'Choose a compose file' },
  );
  return picked === undefined ? undefined : { file: picked.uri.fsPath };
}

/**
 * The application that a command was started on. A file with a name of its own beside the folder's main one may be an
 * application by itself, or say what is different in the main one: only a person knows.
 */
export async function pickApplication(selection: Selection, title: string): Promise<Target | undefined> {
  const target = await pickComposeFile(selection, title);
  if (target === undefined) return undefined;
  const { file } = target;
  const [main, ...overrides] = await defaultComposeFiles(dirname(file), {});
  if (main === undefined || main === file) return target;
  if (overrides.includes(file)) return { ...target, file: main };
  const [name, mainName] = [basename(file), basename(main)];
  const picked = await vscode.window.showQuickPick(
    [
      { label: name, description: 'by itself', target },
      {
        label: `${mainName}, then ${name}`,
        description: 'overrides it',
        target: { ...target, file: main, overrides: [file] },
      },
    ],
    { title, placeHolder: `Which files describe the application?` },
  );
  return picked?.target;
}
