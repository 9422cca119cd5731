import { basename } from 'node:path';
import * as vscode from 'vscode';
import { commandId } from '../command-table.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { askOne } from './ask.js';
import { copy, lineOfHint } from './create-question.js';
import { type WrittenFiles } from './draft.js';
import { writtenText } from './written-text.js';

/** Opens the Dockerfile, says what was written and what is left to do, and offers to go on. */
export async function showWritten(written: WrittenFiles): Promise<void> {
  const dockerfile = written.files.find((file) => basename(file).startsWith('Dockerfile'));
  if (dockerfile !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(dockerfile));
  const build = 'Build Research Image';
  const commands = 'Copy Commands…';
  const chosen = await vscode.window.showInformationMessage(
    withoutLinks(oneLine(writtenText(written))),
    ...(dockerfile === undefined ? [] : [build]),
    ...(written.hints.some(({ command }) => command !== undefined) ? [commands] : []),
  );
  if (chosen === build && dockerfile !== undefined) {
    await vscode.commands.executeCommand(commandId('buildImage'), vscode.Uri.file(dockerfile));
  }
  if (chosen !== commands) return;
  const answer = await askOne(
    { title: 'More Reproducible', placeholder: 'Enter copies the command', place: undefined, canGoBack: false },
    written.hints.map(lineOfHint),
    {
      onButton: (choice) => {
        if (choice.kind === 'copy') void copy(choice.command);
      },
    },
  );
  if (answer.kind === 'given' && answer.value.kind === 'copy') await copy(answer.value.command);
}
