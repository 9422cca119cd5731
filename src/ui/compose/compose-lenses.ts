import * as vscode from 'vscode';
import { madeFrom } from '../../compose/made-from.js';
import { type ContainerSummary } from '../../engine/containers.js';
import { commandId } from '../command-table.js';
import { type Services } from '../services.js';
import { isComposeDocument } from './compose-documents.js';

/**
 * What services do, over their lines. The inventory is kept up to date for as long as a compose file is visible and VS Code asks
 * for what stands over its lines; without one, nothing is asked of the engine.
 */
export class ComposeLenses implements vscode.CodeLensProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private watch: { dispose(): void } | undefined;
  private readonly following: vscode.Disposable;
  /** What was told last of each visible file. */
  private readonly shown = new Map<string, string>();

  constructor(private readonly services: Services) {
    this.following = vscode.Disposable.from(
      services.inventory.onChange((kinds) => {
        if (kinds.includes('containers')) this.refresh();
      }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        if (!editors.some(({ document }) => isComposeDocument(document))) this.unwatch();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.changed.fire();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isComposeDocument(document)) return [];
    const [{ outlineOf }, { lensLines }, { containersByService }] = await Promise.all([
      import('./compose-outline.js'),
      import('./lens-lines.js'),
      import('./service-look.js'),
    ]);
    const outline = outlineOf(document.getText());
    if (outline === undefined) return [];
    this.follow();
    const { uri } = document;
    const containers = this.containers();
    const byService = containers === undefined ? undefined : containersByService(uri.fsPath, containers);
    this.shown.set(uri.fsPath, this.seenOf(uri.fsPath));
    return lensLines(outline, byService, vscode.workspace.isTrusted).map(({ line, title, command, service }) => {
      const of = service === undefined ? [] : [service];
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title,
        command: command === undefined ? '' : commandId(command),
        ...(command === undefined ? {} : { arguments: [uri, ...of] }),
      });
    });
  }

  dispose(): void {
    this.unwatch();
    this.following.dispose();
    this.changed.dispose();
  }

  /** An editor may have been closed while this was loaded. */
  private follow(): void {
    const isVisible = vscode.window.visibleTextEditors.some(({ document }) => isComposeDocument(document));
    if (isVisible) this.watch ??= this.services.inventory.watch();
  }

  private unwatch(): void {
    this.watch?.dispose();
    this.watch = undefined;
    this.shown.clear();
  }

  /** Other containers change all the time. */
  private refresh(): void {
    if (this.watch === undefined) return;
    const isOther = [...this.shown].some(([file, seen]) => this.seenOf(file) !== seen);
    if (isOther) this.changed.fire();
  }

  /** What of the inventory is seen over the lines of a file. */
  private seenOf(file: string): string {
    const containers = this.containers();
    const made = containers === undefined ? undefined : madeFrom(file, containers);
    const seen = made?.map(({ id, state, exitCode, health, ports }) => ({ id, state, exitCode, health, ports }));
    return JSON.stringify(seen ?? 'unknown');
  }

  /** What is out of date is not shown. */
  private containers(): readonly ContainerSummary[] | undefined {
    const { state } = this.services.inventory;
    return state.kind === 'live' ? state.lists.containers : undefined;
  }
}
