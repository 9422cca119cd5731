import * as vscode from 'vscode';
import { type Selection } from '../selection.js';
import { type ViewCommand } from '../view-command.js';

/** What Compose itself does what is not supported here with: for a person to read and to run. */
export const copyComposeCommandCommand: ViewCommand = async (selection) => {
  const line = lineOf(selection);
  if (line === undefined) return;
  await vscode.env.clipboard.writeText(line);
  vscode.window.setStatusBarMessage('$(copy) Command copied.', 3000);
};

export const typeComposeCommandCommand: ViewCommand = (selection) => {
  const line = lineOf(selection);
  if (line !== undefined) {
    const terminal = vscode.window.createTerminal({ name: 'Compose' });
    terminal.show();
    terminal.sendText(line, false);
  }
  return Promise.resolve();
};

/** A line end in it would run it. */
function lineOf(selection: Selection): string | undefined {
  if (selection.kind !== 'argument' || typeof selection.value !== 'string') return undefined;
  return /\p{Cc}/u.test(selection.value) ? undefined : selection.value;
}
