import * as vscode from 'vscode';
import { commandId } from '../command-table.js';
import { type Judgements } from './judgements.js';
import { type LensLine, lensLines } from './lens-lines.js';

/** How well a Dockerfile keeps the rules of reproducibility, over its first FROM. */
export class DockerfileLenses implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(private readonly judgements: Judgements) {
    this.onDidChangeCodeLenses = judgements.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const judged = await this.judgements.of(document);
    if (judged === undefined) return [];
    return lensLines(judged, vscode.workspace.isTrusted).map((line) => {
      const at = new vscode.Range(line.line, 0, line.line, 0);
      return new vscode.CodeLens(at, commandOf(line, document.uri));
    });
  }
}

function commandOf({ title, action }: LensLine, uri: vscode.Uri): vscode.Command {
  switch (action) {
    case 'show-problems':
      return { title, command: 'workbench.actions.view.problems' };
    case 'pin':
      return { title, command: commandId('pinBaseImages'), arguments: [uri] };
    case 'none':
      return { title, command: '' };
  }
}
