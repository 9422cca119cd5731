import * as vscode from 'vscode';
import { type Services } from '../services.js';
import { isJudged } from './judged-documents.js';

/** Judges Dockerfiles from the first one on that is visible: until then nothing of it is loaded. */
export function registerReproducibility(services: Services): vscode.Disposable {
  let judging: Promise<vscode.Disposable> | undefined;
  let isEnded = false;
  const begin = async (): Promise<vscode.Disposable> => {
    const { judgeOpenDockerfiles } = await import('./judge-open-dockerfiles.js');
    return isEnded ? waiting : judgeOpenDockerfiles(services);
  };
  const look = (): void => {
    if (!vscode.window.visibleTextEditors.some(({ document }) => isJudged(document))) return;
    waiting.dispose();
    judging ??= begin();
  };
  const waiting = vscode.Disposable.from(
    vscode.window.onDidChangeVisibleTextEditors(look),
    // A text that is visible becomes a Dockerfile when its language is chosen.
    vscode.workspace.onDidOpenTextDocument(look),
  );
  look();
  return new vscode.Disposable(() => {
    isEnded = true;
    waiting.dispose();
    void judging?.then((disposable) => {
      disposable.dispose();
    });
  });
}
