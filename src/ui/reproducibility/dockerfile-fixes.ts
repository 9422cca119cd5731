import * as vscode from 'vscode';
import { type TextEdit } from '../../dockerfile/text-edit.js';
import { commandId } from '../command-table.js';
import { rangeOf } from './dockerfile-problems.js';
import { wantedIgnoreText } from './ignore-text.js';
import { type JudgedFile } from './judge-file.js';
import { type Judgements } from './judgements.js';
import { type Offer, offersFor } from './offers.js';

/** One whose edit is made only when somebody wants it. */
class LateAction extends vscode.CodeAction {
  judged: JudgedFile | undefined;
}

/** Mends, explains and silences what was found in a Dockerfile. */
export class DockerfileFixes implements vscode.CodeActionProvider<LateAction> {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  constructor(private readonly judgements: Judgements) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<LateAction[]> {
    const { version } = document;
    const judged = await this.judgements.of(document);
    // Edits are for the text that was judged.
    if (judged === undefined || document.version !== version) return [];
    const found = judged.findings.filter(
      ({ line, endLine }) => line - 1 <= range.end.line && endLine - 1 >= range.start.line,
    );
    return offersFor(found, judged, vscode.workspace.isTrusted).map((offer) => {
      const action = actionOf(offer, judged, document.uri);
      const { start } = rangeOf(offer.finding, document);
      action.diagnostics = diagnostics.filter(
        (diagnostic) => codeOf(diagnostic) === offer.finding.rule && diagnostic.range.start.isEqual(start),
      );
      return action;
    });
  }

  async resolveCodeAction(action: LateAction): Promise<LateAction> {
    if (action.judged !== undefined) action.edit = await ignoreFileEdit(action.judged);
    return action;
  }
}

function codeOf({ code }: vscode.Diagnostic): unknown {
  return typeof code === 'object' ? code.value : code;
}

function actionOf(offer: Offer, judged: JudgedFile, uri: vscode.Uri): LateAction {
  const { title } = offer;
  const action = new LateAction(title, vscode.CodeActionKind.QuickFix);
  switch (offer.kind) {
    case 'edit':
    case 'ignore':
      action.edit = new vscode.WorkspaceEdit();
      action.edit.set(uri, offer.edits.map(textEdit));
      action.isPreferred = offer.kind === 'edit';
      break;
    case 'pin': {
      const wanted = { dockerfile: uri.fsPath, reference: offer.reference };
      action.command = { title, command: commandId('pinBaseImage'), arguments: [wanted] };
      break;
    }
    case 'pin-all':
      action.command = { title, command: commandId('pinBaseImages'), arguments: [uri] };
      break;
    case 'write-ignore-file':
      action.judged = judged;
      break;
    case 'why':
      action.command = { title, command: commandId('explainRule'), arguments: [offer.finding.rule] };
  }
  return action;
}

function textEdit({ start, end, newText }: TextEdit): vscode.TextEdit {
  return new vscode.TextEdit(new vscode.Range(start.line - 1, start.character, end.line - 1, end.character), newText);
}

async function ignoreFileEdit({ context, ignoreFile }: JudgedFile): Promise<vscode.WorkspaceEdit> {
  const edit = new vscode.WorkspaceEdit();
  const { project } = context;
  if (project === undefined) return edit;
  const uri = vscode.Uri.file(ignoreFile.path);
  if (ignoreFile.text === undefined) {
    const contents = new TextEncoder().encode(wantedIgnoreText({ ...context, project }));
    edit.createFile(uri, { ignoreIfExists: true, contents });
    return edit;
  }
  // What is typed there and not saved stays.
  const document = await vscode.workspace.openTextDocument(uri);
  const now = document.getText();
  const wanted = wantedIgnoreText({ ...context, project, dockerignore: now });
  const end = document.lineAt(document.lineCount - 1).range.end;
  if (wanted !== undefined) edit.insert(uri, end, wanted.slice(now.length));
  return edit;
}
