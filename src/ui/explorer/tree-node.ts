import * as vscode from 'vscode';
import { asFailure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { oneLine } from '../plain-text.js';

/** How a line of a tree looks. Texts may come from anywhere: they are shown as text, on one line. */
export interface Look {
  label: string;
  description?: string;
  icon: vscode.ThemeIcon;
  /** The file that it stands for, whose icon and colours the theme knows. */
  resource?: vscode.Uri;
  /** What menus tell things apart by; none for a line without a menu. */
  context?: string;
  tooltip?: string;
  /** What a screen reader says before the description: `Image busybox`. */
  spoken: string;
  /** A command for a click. */
  command?: vscode.Command;
  state?: 'leaf' | 'collapsed' | 'expanded';
}

/** A line of a tree. */
export abstract class TreeNode {
  /** The same for the same thing, whatever its state: VS Code keeps selection and expansion by it. */
  abstract readonly id: string;

  abstract look(): Look;

  children(): TreeNode[] | Promise<TreeNode[]> {
    return [];
  }

  toItem(): vscode.TreeItem {
    const look = this.look();
    const item = new vscode.TreeItem(oneLine(look.label), collapsible(look.state ?? 'leaf'));
    item.id = this.id;
    item.iconPath = look.icon;
    if (look.resource !== undefined) item.resourceUri = look.resource;
    if (look.description !== undefined) item.description = oneLine(look.description);
    if (look.context !== undefined) item.contextValue = look.context;
    if (look.command !== undefined) item.command = look.command;
    item.tooltip = (look.tooltip ?? look.label).split('\n').map(oneLine).join('\n');
    const spoken = [look.spoken, look.description ?? ''].filter((part) => part !== '').join(', ');
    item.accessibilityInformation = { label: oneLine(spoken) };
    return item;
  }
}

/** A line that only says something. */
export class PropertyNode extends TreeNode {
  readonly id: string;

  /** @param parent the id of the node that it is a child of */
  constructor(
    parent: string,
    private readonly label: string,
    private readonly value: string,
    private readonly icon: string,
  ) {
    super();
    this.id = `${parent}/${label}`;
  }

  override look(): Look {
    return {
      label: this.label,
      description: this.value,
      icon: new vscode.ThemeIcon(this.icon),
      tooltip: `${this.label}\n${this.value}`,
      spoken: this.label,
    };
  }
}

/** A line with further ones below it, which are asked for when it is opened. */
export class SectionNode extends TreeNode {
  readonly id: string;

  /** @param parent the id of the node that it is a child of */
  constructor(
    parent: string,
    private readonly label: string,
    private readonly icon: string,
    private readonly ask: (id: string) => Promise<TreeNode[]>,
    private readonly log: Log,
  ) {
    super();
    this.id = `${parent}/${label}`;
  }

  override look(): Look {
    return { label: this.label, icon: new vscode.ThemeIcon(this.icon), spoken: this.label, state: 'collapsed' };
  }

  override async children(): Promise<TreeNode[]> {
    try {
      return await this.ask(this.id);
    } catch (error) {
      const failure = asFailure(error, this.label);
      this.log.warn(`${failure.message} (${failure.reason})`);
      return [new PropertyNode(this.id, failure.message, failure.remedy, 'error')];
    }
  }
}

function collapsible(state: 'leaf' | 'collapsed' | 'expanded'): vscode.TreeItemCollapsibleState {
  switch (state) {
    case 'leaf':
      return vscode.TreeItemCollapsibleState.None;
    case 'collapsed':
      return vscode.TreeItemCollapsibleState.Collapsed;
    case 'expanded':
      return vscode.TreeItemCollapsibleState.Expanded;
  }
}
