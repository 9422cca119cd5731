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
    if (baseLine === undefined || host.kind !== 'nvidia' || need?.kind !== 'cuda') return;
    const isWrong = verdict.verdict === 'does-not-work' || need.contradiction !== undefined;
    if (!isWrong) return;
    const line = baseLine - 1;
    const problem = new vscode.Diagnostic(
      new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
      verdict.remedy === undefined ? verdict.reason : `${verdict.reason} ${verdict.remedy}`,
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
