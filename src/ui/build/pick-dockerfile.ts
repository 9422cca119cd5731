import * as vscode from 'vscode';
import { commandId } from '../command-table.js';
import { type Selection } from '../selection.js';

const mostOffered = 50;

/** The Dockerfile that a command was started on, that is being edited, or that is chosen of those in the workspace. */
export async function pickDockerfile(selection: Selection, title: string): Promise<string | undefined> {
  if (selection.kind === 'file') return selection.uri.fsPath;
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'dockerfile' && active.uri.scheme === 'file') return active.uri.fsPath;
  const found = await vscode.workspace.findFiles(
    '**/{Dockerfile,Dockerfile.*,Dockerfile-*,*.dockerfile}',
    '**/node_modules/**',
    mostOffered,
  );
  const files = found.filter((uri) => !uri.path.endsWith('.dockerignore'));
  const [first] = files;
  if (first === undefined) {
    const create = 'Create Dockerfile…';
    const chosen = await vscode.window.showInformationMessage('There is no Dockerfile in this workspace yet.', create);
    if (chosen === create) await vscode.commands.executeCommand(commandId('createDockerfile'));
    return undefined;
  }
  if (files.length === 1) return first.fsPath;
  const picked = await vscode.window.showQuickPick(
    files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { title, placeHolder: 'Choose a Dockerfile' },
  );
  return picked?.uri.fsPath;
}
