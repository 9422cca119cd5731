import * as vscode from 'vscode';
import { asFailure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { recordsFolder } from '../../project/records-folder.js';
import { viewIds } from '../command-declaration.js';
import { TreeView } from '../explorer/tree-view.js';
import { type RunList } from './run-list.js';
import { type RunMonitor } from './run-monitor.js';
import { type RunNode } from './run-nodes.js';

/** Ages grow while nothing happens. */
const ageMilliseconds = 60_000;
/** Records come and change in a row, in milliseconds. */
const settle = 100;

/** The view of the runs of the open projects, newest first, which follows their records while it is visible. */
export class RunsView implements vscode.Disposable {
  private readonly tree: TreeView;
  private list: RunList | undefined;
  private readonly disposables: { dispose(): unknown }[];
  private nodes: RunNode[] = [];
  private watching: { dispose(): unknown } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly projects: () => readonly string[],
    private readonly monitor: RunMonitor,
    private readonly log: Log,
  ) {
    this.tree = new TreeView(viewIds.runs, () => this.nodes);
    this.disposables = [
      this.tree,
      this.tree.view.onDidChangeVisibility(() => {
        this.followVisibility();
      }),
      monitor.onChange(() => {
        this.refreshSoon();
      }),
    ];
    this.followVisibility();
  }

  /** All runs that are shown, for commands that let a person pick one. */
  async runs(): Promise<RunNode[]> {
    await this.read();
    return this.nodes;
  }

  /** Selects a run in its view. */
  async reveal(file: string): Promise<void> {
    await this.read();
    const node = this.nodes.find(({ run }) => run.file === file);
    if (node !== undefined) await this.tree.view.reveal(node, { focus: false, select: true, expand: true });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watching?.dispose();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private followVisibility(): void {
    if (!this.tree.view.visible) {
      this.watching?.dispose();
      this.watching = undefined;
      return;
    }
    if (this.watching !== undefined) return;
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${recordsFolder}/runs/*.json`);
    const changed = (): void => {
      this.refreshSoon();
    };
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
    const timer = setInterval(() => {
      this.tree.refresh();
    }, ageMilliseconds);
    this.watching = vscode.Disposable.from(watcher, {
      dispose: () => {
        clearInterval(timer);
      },
    });
    this.refreshSoon();
  }

  private refreshSoon(): void {
    if (!this.tree.view.visible || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, settle);
  }

  private async read(): Promise<void> {
    try {
      // Loaded with the first look: nothing of it costs a VS Code that only starts.
      const [{ RunList }, { RunNode }] = await Promise.all([import('./run-list.js'), import('./run-nodes.js')]);
      this.list ??= new RunList(this.projects, this.log);
      this.nodes = (await this.list.read()).map((run) => new RunNode(run, this.monitor.live.get(run.file)?.phase));
      const running = this.nodes.filter(({ run }) => this.monitor.live.has(run.file)).length;
      this.tree.view.badge =
        running === 0
          ? undefined
          : { value: running, tooltip: running === 1 ? '1 run goes on' : `${running} runs go on` };
      this.tree.refresh();
    } catch (error) {
      this.log.error(`The runs could not be read: ${asFailure(error, 'Reading the runs').message}`);
    }
  }
}
