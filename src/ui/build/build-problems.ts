import * as vscode from 'vscode';
import { type BuildWarning } from '../../build/step-log.js';
import { type Failure } from '../../host/failure.js';

const quotedLines = 15;

/** What builds found wrong in Dockerfiles, in the Problems view, until the line is edited or a build finds it mended. */
export class BuildProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('research-containers-build');
  private readonly editing = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    const problems = this.collection.get(document.uri);
    if (problems === undefined || problems.length === 0) return;
    const kept = problems.filter(
      ({ range }) => !contentChanges.some((change) => change.range.intersection(range) !== undefined),
    );
    if (kept.length < problems.length) this.collection.set(document.uri, kept);
  });

  /** A new build will find what is still wrong. */
  clear(dockerfile: string): void {
    this.collection.delete(vscode.Uri.file(dockerfile));
  }

  addFailure(failure: Failure): void {
    const { location } = failure;
    if (location === undefined) return;
    const output = failure.output.slice(-quotedLines).filter((line) => line.trim() !== '');
    this.add(location.file, location.line, [failure.message, ...output].join('\n'), vscode.DiagnosticSeverity.Error, {
      value: failure.reason,
    });
  }

  addWarnings(dockerfile: string, warnings: readonly BuildWarning[]): void {
    for (const { message, url, line } of warnings) {
      if (line === undefined) continue;
      this.add(dockerfile, line, message, vscode.DiagnosticSeverity.Warning, { value: 'build check', url });
    }
  }

  dispose(): void {
    this.collection.dispose();
    this.editing.dispose();
  }

  private add(
    file: string,
    line: number,
    message: string,
    severity: vscode.DiagnosticSeverity,
    code: { value: string; url?: string },
  ): void {
    const uri = vscode.Uri.file(file);
    const at = Math.max(0, line - 1);
    const problem = new vscode.Diagnostic(new vscode.Range(at, 0, at, Number.MAX_SAFE_INTEGER), message, severity);
    problem.source = 'Research Containers';
    problem.code =
      code.url === undefined || !URL.canParse(code.url)
        ? code.value
        : { value: code.value, target: vscode.Uri.parse(code.url, true) };
    this.collection.set(uri, [...(this.collection.get(uri) ?? []), problem]);
  }
}
