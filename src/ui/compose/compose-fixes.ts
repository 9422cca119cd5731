import * as vscode from 'vscode';
import { commandId, type CommandName, commandTable } from '../command-table.js';
import { type ComposeProblems } from './compose-problems.js';

/** What is not supported here, Compose itself may do: its command is copied or typed, for a person to read and to run. */
export class ComposeFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  constructor(private readonly problems: ComposeProblems) {}

  provideCodeActions(
    { uri }: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics.flatMap((diagnostic) => {
      const line = this.problems.commandAt(uri, diagnostic.range, diagnostic.message);
      if (line === undefined) return [];
      const names: CommandName[] = vscode.workspace.isTrusted
        ? ['copyComposeCommand', 'typeComposeCommand']
        : ['copyComposeCommand'];
      return names.map((name) => {
        const { title } = commandTable[name];
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.command = { title, command: commandId(name), arguments: [line] };
        action.diagnostics = [diagnostic];
        return action;
      });
    });
  }
}
