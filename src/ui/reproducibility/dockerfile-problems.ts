import * as vscode from 'vscode';
import { type Finding, type Severity } from '../../dockerfile/rules/rule.js';
import { rules } from '../../dockerfile/rules/rules.js';
import { Limiter } from '../../inventory/limiter.js';
import { findingText, sourceOf } from './finding-text.js';
import { isJudged } from './judged-documents.js';
import { type Judgements } from './judgements.js';

/** Between two judgements while somebody types, in milliseconds. */
const pause = 300;

/** What keeps Dockerfiles from making the same image again, in Problems: from when they are visible until they are closed. */
export class DockerfileProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('research-containers-reproducibility');
  private readonly limiter = new Limiter(() => void this.judgeAll(), pause);
  private readonly following: vscode.Disposable;
  /** The newest judgement of all of them. */
  private newest = 0;

  constructor(private readonly judgements: Judgements) {
    const onDocument = (document: vscode.TextDocument): void => {
      if (isJudged(document)) this.limiter.trigger();
    };
    this.following = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        if (editors.some(({ document }) => isJudged(document))) this.limiter.trigger();
      }),
      // The language of one that is visible may become another.
      vscode.workspace.onDidOpenTextDocument(onDocument),
      vscode.workspace.onDidSaveTextDocument(onDocument),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        onDocument(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.collection.delete(uri);
      }),
      judgements.onDidChange(() => {
        this.limiter.trigger();
      }),
    );
    this.limiter.trigger();
  }

  dispose(): void {
    this.newest++;
    this.limiter.dispose();
    this.following.dispose();
    this.collection.dispose();
  }

  private async judgeAll(): Promise<void> {
    const round = ++this.newest;
    const visible = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    // What is told of one that stands behind another editor is to be true too.
    const documents = vscode.workspace.textDocuments.filter(
      (document) => isJudged(document) && (visible.has(document) || this.collection.has(document.uri)),
    );
    await Promise.all(documents.map((document) => this.judge(document, round)));
  }

  private async judge(document: vscode.TextDocument, round: number): Promise<void> {
    const { version } = document;
    const judged = await this.judgements.of(document);
    // A newer one knows better, and may have ended before this one; it comes where the text has changed meanwhile.
    if (document.isClosed || document.version !== version || round !== this.newest) return;
    const diagnostics = judged?.findings.map((finding) => diagnosticOf(finding, document)) ?? [];
    this.collection.set(document.uri, diagnostics);
  }
}

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

function diagnosticOf(finding: Finding, document: vscode.TextDocument): vscode.Diagnostic {
  const range = rangeOf(finding, document);
  const diagnostic = new vscode.Diagnostic(range, findingText(finding), severities[finding.severity]);
  const rule = rules.find(({ id }) => id === finding.rule);
  const source = rule === undefined ? undefined : sourceOf(rule);
  diagnostic.source = 'Research Containers';
  diagnostic.code =
    source === undefined ? finding.rule : { value: finding.rule, target: vscode.Uri.parse(source, true) };
  return diagnostic;
}

/** All lines of what is found, without the space in front of and behind it. */
export function rangeOf({ line, endLine }: Finding, document: vscode.TextDocument): vscode.Range {
  const last = document.lineCount - 1;
  const first = document.lineAt(Math.min(line - 1, last));
  const end = document.lineAt(Math.min(endLine - 1, last));
  const start = new vscode.Position(first.lineNumber, first.firstNonWhitespaceCharacterIndex);
  return new vscode.Range(start, new vscode.Position(end.lineNumber, end.text.trimEnd().length));
}
