import * as vscode from 'vscode';
import { type Failure } from '../../host/failure.js';
import { commandId } from '../command-table.js';
import { counted } from '../confirm.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { type Services } from '../services.js';
import { showFailure } from '../show-failure.js';
import { outcomesIn } from './outcomes.js';

/** Tells a person why an application did not come up, and what there is of it now. */
export async function showComposeFailure(failure: Failure, file: string, { log }: Services): Promise<void> {
  log.error(`Compose: ${failure.message} [${failure.reason}]${failure.output.map((line) => `\n  ${line}`).join('')}`);
  if (failure.reason === 'internal' && failure.cause instanceof Error) log.error(failure.cause.stack ?? '');
  if (failure.reason === 'compose-invalid') {
    await showInvalid(failure);
    return;
  }
  const { outcomes } = outcomesIn(failure.output);
  if (outcomes.length === 0) {
    await showFailure(failure);
    return;
  }
  const showLogs = 'Show Logs';
  const down = 'Compose Down…';
  const showLog = 'Show Log';
  const signIn = 'Sign In…';
  const buttons = [
    ...(failure.reason === 'registry-denied' ? [signIn] : []),
    ...(outcomes.some((each) => / (?:runs|failed)$/.test(each)) ? [showLogs, down] : []),
    showLog,
  ];
  const text = withoutLinks(oneLine(`${ended(failure.message)} ${failure.remedy} Now: ${outcomes.join(', ')}.`));
  const chosen = await (failure.reason === 'cancelled'
    ? vscode.window.showWarningMessage(text, ...buttons)
    : vscode.window.showErrorMessage(text, ...buttons));
  const uri = vscode.Uri.file(file);
  if (chosen === showLogs) await vscode.commands.executeCommand(commandId('composeLogs'), uri);
  if (chosen === down) await vscode.commands.executeCommand(commandId('composeDown'), uri);
  if (chosen === showLog) await vscode.commands.executeCommand(commandId('showLog'));
  if (chosen === signIn) await vscode.commands.executeCommand(commandId('signIn'));
}

/** Opening the file puts all that is wrong with it into Problems. */
async function showInvalid({ message, remedy, location, output }: Failure): Promise<void> {
  const openPlace = 'Open the Line';
  const showProblems = 'Show Problems';
  const more =
    output.length === 0
      ? ''
      : ` There ${output.length === 1 ? 'is' : 'are'} ${counted(output.length, 'more problem')}.`;
  const text = withoutLinks(oneLine(`${message} ${remedy}${more}`));
  const buttons = location === undefined ? [] : [openPlace, showProblems];
  const chosen = await vscode.window.showErrorMessage(text, ...buttons);
  if (chosen === undefined || location === undefined) return;
  const at = new vscode.Position(Math.max(0, location.line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(location.file), { selection: new vscode.Range(at, at) });
  if (chosen === showProblems) await vscode.commands.executeCommand('workbench.actions.view.problems');
}

/** What a program said last may be quoted at the end. */
function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
