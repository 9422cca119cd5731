import * as vscode from 'vscode';
import { type Failure } from '../host/failure.js';
import { commandId } from './command-table.js';
import { oneLine, withoutLinks } from './plain-text.js';

const longestQuote = 200;

/** Tells a person what went wrong and what to do, with a button to the place or to the log. A cancel is no error. */
export async function showFailure(failure: Failure): Promise<void> {
  if (failure.reason === 'cancelled') {
    vscode.window.setStatusBarMessage(`$(circle-slash) ${failure.message}`, 5000);
    return;
  }
  const { location, output } = failure;
  const lastWords = output
    .findLast((line) => line.trim() !== '')
    ?.trim()
    .slice(0, longestQuote);
  const said = lastWords === undefined ? '' : ` It said: “${lastWords}”.`;
  const openPlace = 'Open the Line';
  const showLog = 'Show Log';
  const signIn = 'Sign In…';
  const buttons = [
    ...(location === undefined ? [] : [openPlace]),
    ...(failure.reason === 'registry-denied' ? [signIn] : []),
    showLog,
  ];
  const text = withoutLinks(oneLine(`${failure.message}${said} ${failure.remedy}`));
  const chosen = await vscode.window.showErrorMessage(text, ...buttons);
  if (chosen === showLog) await vscode.commands.executeCommand(commandId('showLog'));
  if (chosen === signIn) await vscode.commands.executeCommand(commandId('signIn'));
  if (chosen === openPlace && location !== undefined) {
    const at = new vscode.Position(Math.max(0, location.line - 1), 0);
    await vscode.window.showTextDocument(vscode.Uri.file(location.file), { selection: new vscode.Range(at, at) });
  }
}
