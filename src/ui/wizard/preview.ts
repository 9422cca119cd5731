import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type GeneratedFiles } from '../../dockerfile/create-dockerfile.js';
import { asFailure } from '../../host/failure.js';
import { Limiter } from '../../inventory/limiter.js';
import { oneLine } from '../plain-text.js';

const scheme = 'research-containers-preview';
/** The name tells VS Code the language. The folder stands above the text, and beside the name of a tab where another has that too. */
const dockerfile = '/Not Written Yet/Dockerfile';
/** The shortest time between two texts, in milliseconds: somebody who holds a key moves through a list faster. */
const pause = 100;

/** Writes the files as they would be. */
export type Generate = (signal: AbortSignal) => Promise<GeneratedFiles>;

/** Read-only documents with what is not written yet; they are closed with the questions. */
export class Preview {
  /** Tells the documents of this preview from those of an earlier one. */
  private readonly id = randomUUID();
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly provider: vscode.Disposable;
  private readonly limiter = new Limiter(() => void this.update(), pause);
  private generate: Generate | undefined;
  private current = new AbortController();

  constructor() {
    this.provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: (uri) => (uri.query === this.id ? (this.texts.get(uri.path) ?? '') : undefined),
    });
  }

  /** Shows the Dockerfile; the questions keep the focus, and cover less of it at the side. */
  async open(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.uriOf(dockerfile));
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
  }

  /** Shows what these answers make, soon. */
  show(generate: Generate): void {
    this.generate = generate;
    this.refresh();
  }

  /** Writes the same anew: something that it depends on is known now. */
  refresh(): void {
    this.limiter.trigger();
  }

  /** Shows another text, such as Markdown, in the editors. */
  async showText(path: string, text: string): Promise<void> {
    this.set(path, text);
    const document = await vscode.workspace.openTextDocument(this.uriOf(path));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preserveFocus: true });
  }

  /** Shows how a file would change. */
  async showDifference(file: string, name: string, after: string): Promise<void> {
    const path = `/changes/${name}`;
    this.set(path, after);
    await vscode.commands.executeCommand(
      'vscode.diff',
      vscode.Uri.file(file),
      this.uriOf(path),
      `${oneLine(name)}: now ↔ after Create`,
      { preserveFocus: true, viewColumn: vscode.ViewColumn.One },
    );
  }

  /** Closes what it has opened. */
  async dispose(): Promise<void> {
    this.limiter.dispose();
    this.current.abort();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => this.isOurs(tab));
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    this.provider.dispose();
    this.changed.dispose();
  }

  private async update(): Promise<void> {
    const { generate } = this;
    if (generate === undefined) return;
    this.current.abort();
    const { signal } = (this.current = new AbortController());
    let text: string;
    try {
      text = (await generate(signal)).dockerfile;
    } catch (error) {
      text = `# ${oneLine(asFailure(error, 'Writing the Dockerfile').message)}\n`;
    }
    if (!signal.aborted) this.set(dockerfile, text);
  }

  private set(path: string, text: string): void {
    if (this.texts.get(path) === text) return;
    this.texts.set(path, text);
    this.changed.fire(this.uriOf(path));
  }

  private uriOf(path: string): vscode.Uri {
    return vscode.Uri.from({ scheme, path, query: this.id });
  }

  private isOurs({ input }: vscode.Tab): boolean {
    const uri =
      input instanceof vscode.TabInputText
        ? input.uri
        : input instanceof vscode.TabInputTextDiff
          ? input.modified
          : undefined;
    return uri?.scheme === scheme && uri.query === this.id;
  }
}
