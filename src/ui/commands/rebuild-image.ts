import * as vscode from 'vscode';
import { answersFor, lastBuilt } from '../build/build-answers.js';
import { commandId } from '../command-table.js';
import { performForPerson } from '../contract-command.js';
import { type ViewCommand } from '../view-command.js';
import { argumentOf, buildImageCommand } from './build-image.js';

/** Builds again what was answered the last time, and asks only where nothing was. */
export const rebuildImageCommand: ViewCommand = async (selection, services) => {
  const active = vscode.window.activeTextEditor?.document;
  const edited = active?.languageId === 'dockerfile' && active.uri.scheme === 'file' ? active.uri.fsPath : undefined;
  const dockerfile = selection.kind === 'file' ? selection.uri.fsPath : (edited ?? lastBuilt(services.memory));
  const answers = dockerfile === undefined ? undefined : answersFor(dockerfile, services.memory);
  if (dockerfile === undefined || answers === undefined) {
    const uri = dockerfile === undefined ? undefined : vscode.Uri.file(dockerfile);
    await vscode.commands.executeCommand(commandId('buildImage'), uri);
    return;
  }
  await performForPerson('buildImage', buildImageCommand, argumentOf(dockerfile, answers), services);
};
