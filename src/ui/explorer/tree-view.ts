import * as vscode from 'vscode';
import { type TreeNode } from './tree-node.js';

interface TreeViewOptions {
  dragAndDrop?: vscode.TreeDragAndDropController<TreeNode>;
  /** Told which line was closed. */
  onCollapse?: (node: TreeNode) => void;
  /** Told which line was opened. */
  onExpand?: (node: TreeNode) => void;
}

/** A view of the side bar whose lines are made anew from what is known at each refresh. */
export class TreeView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<TreeNode>;

  /** @param roots the topmost lines */
  constructor(
    id: string,
    private readonly roots: () => TreeNode[],
    { dragAndDrop, onCollapse, onExpand }: TreeViewOptions = {},
  ) {
    this.view = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
      ...(dragAndDrop === undefined ? {} : { dragAndDropController: dragAndDrop }),
    });
    if (onCollapse !== undefined) {
      this.view.onDidCollapseElement(({ element }) => {
        onCollapse(element);
      });
    }
    if (onExpand !== undefined) {
      this.view.onDidExpandElement(({ element }) => {
        onExpand(element);
      });
    }
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

  /** @param node only this line, as it was handed out last; all where undefined */
  refresh(node?: TreeNode): void {
    this.changed.fire(node);
  }

  dispose(): void {
    this.changed.dispose();
    this.view.dispose();
  }
}
