import * as vscode from 'vscode';
import { type InventoryState } from '../../inventory/inventory.js';
import { type Lists } from '../../inventory/list.js';
import { viewIds } from '../command-table.js';
import { engineContextKey } from '../manifest.js';
import { type Services } from '../services.js';
import { containerNodes, imageNodes, volumeNodes } from './nodes.js';

/** A flat view of one kind of thing that the engine holds. */
class ListView implements vscode.TreeDataProvider<vscode.TreeItem> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly state: () => InventoryState,
    private readonly nodes: (lists: Lists) => vscode.TreeItem[],
  ) {}

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  getChildren(item?: vscode.TreeItem): vscode.TreeItem[] {
    const lists = item === undefined ? listsOf(this.state()) : undefined;
    return lists === undefined ? [] : this.nodes(lists);
  }

  refresh(): void {
    this.changed.fire();
  }
}

/** Shows images, containers and volumes, and follows the engine for as long as one of the three views is visible. */
export function registerExplorer({ inventory }: Services): vscode.Disposable {
  const views = [
    { id: viewIds.images, nodes: (lists: Lists): vscode.TreeItem[] => imageNodes(lists.images) },
    { id: viewIds.containers, nodes: (lists: Lists): vscode.TreeItem[] => containerNodes(lists.containers) },
    { id: viewIds.volumes, nodes: (lists: Lists): vscode.TreeItem[] => volumeNodes(lists.volumes) },
  ].map(({ id, nodes }) => {
    const provider = new ListView(() => inventory.state, nodes);
    return { provider, view: vscode.window.createTreeView(id, { treeDataProvider: provider }) };
  });

  let watch: { dispose(): void } | undefined;
  const followVisibility = (): void => {
    const visible = views.some(({ view }) => view.visible);
    if (visible) watch ??= inventory.watch();
    else {
      watch?.dispose();
      watch = undefined;
    }
  };
  const show = (): void => {
    const { state } = inventory;
    void vscode.commands.executeCommand('setContext', engineContextKey, engineContext(state));
    const stale = state.kind === 'unavailable' && state.last !== undefined;
    for (const { provider, view } of views) {
      // A view with a message does not show its welcome: only lists that may be out of date get one.
      view.message = stale ? `Not connected: ${state.failure.message} Looking again…` : '';
      provider.refresh();
    }
  };
  followVisibility();
  return vscode.Disposable.from(
    inventory.onChange(show),
    ...views.map(({ view }) => view),
    ...views.map(({ view }) => view.onDidChangeVisibility(followVisibility)),
    { dispose: () => watch?.dispose() },
  );
}

function listsOf(state: InventoryState): Lists | undefined {
  switch (state.kind) {
    case 'unknown':
      return undefined;
    case 'live':
      return state.lists;
    case 'unavailable':
      return state.last;
  }
}

/** What the welcome views tell apart. */
function engineContext(state: InventoryState): string {
  switch (state.kind) {
    case 'unknown':
      return 'connecting';
    case 'live':
      return 'connected';
    case 'unavailable':
      return state.failure.reason === 'engine-not-running' || state.failure.reason === 'engine-permission'
        ? state.failure.reason
        : 'failed';
  }
}
