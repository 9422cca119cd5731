import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { asFailure } from '../../../host/failure.js';
import { type OutputFile } from '../../../run/record.js';
import { oneLine, withoutLinks } from '../../plain-text.js';
import { showFailure } from '../../show-failure.js';
import { galleryHtml } from './gallery-content.js';
import { lookAtOutput, prepareGallery } from './read-table.js';

/** What the page may ask for: one of the outputs by its place in our own list, or their folder. */
const request = v.strictObject({
  open: v.union([v.literal('folder'), v.pipe(v.number(), v.integer(), v.minValue(0))]),
});

/** A panel with the pictures and tables that a run left. */
export class ResultsPanel {
  private readonly panel: vscode.WebviewPanel;
  /** What the page that is shown was made of. */
  private outputs: readonly OutputFile[] = [];
  private newest: readonly OutputFile[] | undefined;

  constructor(
    private readonly folder: string,
    onClose: () => void,
  ) {
    this.panel = vscode.window.createWebviewPanel(
      'researchContainers.results',
      'Results',
      { viewColumn: vscode.ViewColumn.Active },
      { enableScripts: true, enableFindWidget: true, localResourceRoots: [vscode.Uri.file(folder)] },
    );
    this.panel.webview.onDidReceiveMessage((message: unknown) => this.answer(message));
    this.panel.onDidDispose(() => {
      this.newest = undefined;
      onClose();
    });
  }

  dispose(): void {
    this.panel.dispose();
  }

  async show(title: string, outputs: readonly OutputFile[]): Promise<void> {
    const { panel, folder } = this;
    const { webview } = panel;
    this.newest = outputs;
    panel.title = `Results: ${oneLine(title)}`;
    panel.reveal();
    try {
      const address = (file: string): string => webview.asWebviewUri(vscode.Uri.file(file)).toString();
      const gallery = await prepareGallery(folder, outputs, address);
      // Closed meanwhile, or overtaken by a newer list.
      if (this.newest !== outputs) return;
      this.outputs = outputs;
      const nonce = randomBytes(16).toString('hex');
      webview.html = galleryHtml(gallery, { title, folder, nonce, cspSource: webview.cspSource });
    } catch (error) {
      await showFailure(asFailure(error, 'Showing the results'));
    }
  }

  private async answer(message: unknown): Promise<void> {
    const parsed = v.safeParse(request, message);
    if (!parsed.success) return;
    try {
      if (parsed.output.open === 'folder') await this.openFolder();
      else await this.openOutput(this.outputs[parsed.output.open]);
    } catch (error) {
      await showFailure(asFailure(error, 'Opening the results'));
    }
  }

  private async openOutput(output: OutputFile | undefined): Promise<void> {
    if (output === undefined) return;
    const looked = await lookAtOutput(this.folder, output.path);
    if (looked.kind === 'file') {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(looked.file));
      return;
    }
    const what = looked.kind === 'gone' ? 'no longer there' : looked.why;
    void vscode.window.showWarningMessage(withoutLinks(oneLine(`${output.path} is ${what}.`)));
  }

  private async openFolder(): Promise<void> {
    const uri = vscode.Uri.file(this.folder);
    const isInWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    const isDesktop = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
    try {
      await vscode.workspace.fs.stat(uri);
    } catch {
      void vscode.window.showWarningMessage(withoutLinks(oneLine(`The folder ${this.folder} is no longer there.`)));
      return;
    }
    if (isInWorkspace) await vscode.commands.executeCommand('revealInExplorer', uri);
    else if (isDesktop) await vscode.commands.executeCommand('revealFileInOS', uri);
    else await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
  }
}
