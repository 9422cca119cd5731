import * as vscode from 'vscode';
import { type Look, TreeNode } from './tree-node.js';
import { type UsageFollower } from './usage-follower.js';
import { usageDetails, usageText } from './usage-text.js';

/** Where the usage of containers is measured, and how a line that tells of it is shown anew. */
export interface UsageSource {
  follower: UsageFollower;
  refresh: (node: UsageNode) => void;
}

/** What a running container uses, measured while it is seen. */
export class UsageNode extends TreeNode {
  readonly id: string;

  /** @param parent the id of the container's line */
  constructor(
    parent: string,
    private readonly container: string,
    private readonly source: UsageSource,
  ) {
    super();
    this.id = `${parent}/usage`;
    source.follower.openContainer(container, () => {
      source.refresh(this);
    });
  }

  override look(): Look {
    const measured = this.source.follower.last(this.container);
    const text = measured === undefined ? '…' : usageText(measured.usage, measured.gpu);
    const details = measured === undefined ? '' : `\n${usageDetails(measured.usage, measured.gpu)}`;
    return {
      label: 'Usage',
      description: text,
      icon: new vscode.ThemeIcon('pulse'),
      tooltip: `Usage, measured once a second while it is shown here${details}`,
      spoken: 'Usage',
    };
  }
}
