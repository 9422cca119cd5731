import * as vscode from 'vscode';
import { type TreeNode } from './tree-node.js';

/** A view of the side bar whose lines are made anew from what is known at each refresh. */
export class TreeView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<TreeNode>;

  /** @param roots the topmost lines */
  constructor(
    id: string,
    private readonly roots: () => TreeNode[],
  ) {
    this.view = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.toItem();
  }

  getChildren(node?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    return node === undefined ? this.roots() : node.children();
  }

  /** Only topmost lines are revealed. */
  getParent(): undefined {
    return undefined;
  }

  refresh(): void {
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
    this.view.dispose();
  }
}
