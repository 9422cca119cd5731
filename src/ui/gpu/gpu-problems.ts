import { join } from 'node:path';
import * as vscode from 'vscode';
import { type GpuStatus } from './gpu-monitor.js';

/** What of a project's Dockerfile the engine's GPU will not run, in the Problems view, on the line of its base image. */
export class GpuProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('research-containers-gpu');

  show(status: GpuStatus): void {
    this.collection.clear();
    if (status.kind !== 'checked' || status.folder === undefined) return;
    const { check, folder } = status;
    const { verdict, host, need, baseLine } = check;
    if (baseLine === undefined || need?.kind !== 'cuda') return;
    const isTooMuch = host.kind === 'nvidia' && verdict.verdict === 'does-not-work';
    // What does not go together does so on no host.
    const text =
      need.contradiction !== undefined
        ? `${need.contradiction}.`
        : isTooMuch
          ? [verdict.reason, verdict.remedy].filter((part) => part !== undefined).join(' ')
          : undefined;
    if (text === undefined) return;
    const line = baseLine - 1;
    const problem = new vscode.Diagnostic(
      new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
      text,
      vscode.DiagnosticSeverity.Warning,
    );
    problem.source = 'Research Containers';
    problem.code = 'gpu';
    this.collection.set(vscode.Uri.file(join(folder, 'Dockerfile')), [problem]);
  }

  dispose(): void {
    this.collection.dispose();
  }
}
