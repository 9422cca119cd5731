import * as vscode from 'vscode';
import { mayChangeProject } from './detected-projects.js';

/** Tools write several files in a row, in milliseconds. */
const settle = 500;

/**
 * Tells when files are saved that may say something else of a project: wherever they are saved in VS Code, and also by other
 * programs in the folders that are watched.
 */
export class ProjectWatch implements vscode.Disposable {
  private readonly watchers = new Map<string, vscode.Disposable>();
  private waiting: NodeJS.Timeout | undefined;
  private readonly saving = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    this.onFile(uri);
  });

  constructor(private readonly onChange: () => void) {}

  /** @param folder absolute path; what is in folders below is not watched */
  add(folder: string): void {
    if (this.watchers.has(folder)) return;
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const onFile = (uri: vscode.Uri): void => {
      this.onFile(uri);
    };
    const listening = [watcher.onDidChange(onFile), watcher.onDidCreate(onFile), watcher.onDidDelete(onFile)];
    this.watchers.set(folder, vscode.Disposable.from(...listening, watcher));
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.saving.dispose();
    for (const watcher of this.watchers.values()) watcher.dispose();
  }

  private onFile({ path }: vscode.Uri): void {
    if (!mayChangeProject(path)) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(this.onChange, settle);
  }
}
