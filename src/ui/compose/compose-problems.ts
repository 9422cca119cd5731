import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { type ComposeProblem } from '../../compose/problem.js';
import { type Log } from '../../host/log.js';
import { isComposeDocument } from './compose-documents.js';

/** What is wrong with the applications of open compose files, in Problems; of their other files, too. */
export class ComposeProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('research-containers-compose');
  /** By the open file that was read. */
  private readonly found = new Map<string, readonly ComposeProblem[]>();
  private readonly reading = new Map<string, AbortController>();
  private readonly following: vscode.Disposable;

  constructor(private readonly log: Log) {
    this.following = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (isComposeDocument(document)) void this.read(document.uri.fsPath);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (isComposeDocument(document)) this.forget(document.uri.fsPath);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        // The file was changed by another program, and VS Code shows it.
        if (isComposeDocument(document) && !document.isDirty) void this.read(document.uri.fsPath);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (!/\.(?:ya?ml|env)$|[\\/][^\\/]*\.env[^\\/]*$/.test(document.uri.path)) return;
        // It may be a part of any of them.
        this.readOpen();
      }),
    );
    this.readOpen();
  }

  /** What is wrong there, with a command by which Compose itself does it. @param range of a diagnostic of this collection */
  commandAt(uri: vscode.Uri, range: vscode.Range, message: string): string | undefined {
    for (const problem of [...this.found.values()].flat()) {
      if (problem.command === undefined || problem.file !== uri.fsPath) continue;
      if (rangeOf(problem).start.isEqual(range.start) && textOf(problem) === message) return problem.command;
    }
    return undefined;
  }

  dispose(): void {
    for (const controller of this.reading.values()) controller.abort();
    this.following.dispose();
    this.collection.dispose();
  }

  private readOpen(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (isComposeDocument(document)) void this.read(document.uri.fsPath);
    }
  }

  private forget(file: string): void {
    this.reading.get(file)?.abort();
    this.reading.delete(file);
    this.found.delete(file);
    this.show();
  }

  private async read(file: string): Promise<void> {
    this.reading.get(file)?.abort();
    const controller = new AbortController();
    this.reading.set(file, controller);
    try {
      const problems = await problemsOf(file, controller.signal);
      if (controller.signal.aborted) return;
      this.found.set(file, problems);
      this.show();
    } catch (error) {
      if (controller.signal.aborted) return;
      this.log.warn(`${file} could not be checked: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      if (this.reading.get(file) === controller) this.reading.delete(file);
    }
  }

  private show(): void {
    const byFile = new Map<string, Map<string, vscode.Diagnostic>>();
    for (const problem of [...this.found.values()].flat()) {
      const diagnostics = byFile.get(problem.file) ?? new Map<string, vscode.Diagnostic>();
      byFile.set(problem.file, diagnostics);
      // Two open files may be parts of the same application.
      diagnostics.set(`${problem.line}:${problem.column}:${problem.message}`, diagnosticOf(problem));
    }
    this.collection.clear();
    this.collection.set([...byFile].map(([file, diagnostics]) => [vscode.Uri.file(file), [...diagnostics.values()]]));
  }
}

/**
 * A file with a name of its own may be an application by itself, or override the folder's main one: it is read in the way in
 * which it means something.
 */
async function problemsOf(file: string, signal: AbortSignal): Promise<readonly ComposeProblem[]> {
  const [{ filesOf }, { defaultComposeFiles }, { readCompose }, { environmentHere }] = await Promise.all([
    import('../../compose/application.js'),
    import('../../compose/compose-files.js'),
    import('../../compose/read-compose.js'),
    import('./compose-host.js'),
  ]);
  const options = { environment: environmentHere(), signal };
  const files = await filesOf(file, { signal });
  const alone = await readCompose(files, options);
  const [main] = await defaultComposeFiles(dirname(file), {}, signal);
  if (alone.project !== undefined || main === undefined || files.includes(main)) return alone.problems;
  const merged = await readCompose([main, file], options);
  return merged.project === undefined ? alone.problems : merged.problems;
}

function diagnosticOf(problem: ComposeProblem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    rangeOf(problem),
    textOf(problem),
    problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = 'Research Containers';
  diagnostic.code = problem.code;
  if (problem.code === 'no-effect') diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}

function textOf({ message, remedy }: ComposeProblem): string {
  return `${message} ${remedy}`;
}

/** To the end of the line. */
function rangeOf({ line, column }: ComposeProblem): vscode.Range {
  return new vscode.Range(line - 1, column - 1, line - 1, Number.MAX_SAFE_INTEGER);
}
