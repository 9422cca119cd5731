import * as vscode from 'vscode';
import { type Kind } from '../../inventory/model.js';
import { type Arrangement, groupings, type SortOrder, sortOrders } from '../explorer/arrangement.js';
import { type ViewCommand } from '../view-command.js';

const orderLabels: Record<SortOrder, string> = { name: 'Name', newest: 'Newest first', largest: 'Largest first' };

/** Asks for the words that lines of a view must have. */
export function filterCommand(kind: Kind): ViewCommand {
  return async (_selection, { arrangements, explorer }) => {
    const filter = await vscode.window.showInputBox({
      title: `Filter ${kind}`,
      prompt: 'Show only what has these words, in any order',
      value: arrangements.get(kind).filter,
    });
    if (filter === undefined) return;
    await arrangements.set(kind, { filter: filter.trim() });
    explorer.rearrange(kind);
  };
}

export function clearFilterCommand(kind: Kind): ViewCommand {
  return async (_selection, { arrangements, explorer }) => {
    await arrangements.set(kind, { filter: '' });
    explorer.rearrange(kind);
  };
}

/** Asks how a view is grouped and sorted. */
export function arrangeCommand(kind: Kind): ViewCommand {
  return async (_selection, { arrangements, explorer }) => {
    const now = arrangements.get(kind);
    const mark = (chosen: boolean): string => (chosen ? '$(check) ' : '$(blank) ');
    const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator, change: {} });
    const grouping = groupings[kind];
    const groups: Item[] =
      grouping === undefined
        ? []
        : [
            separator('Group'),
            { label: `${mark(now.grouped)}By ${grouping}`, change: { grouped: true } },
            { label: `${mark(!now.grouped)}Not at all`, change: { grouped: false } },
          ];
    const sorts = sortOrders[kind].map((sort): Item => ({
      label: mark(now.sort === sort) + orderLabels[sort],
      change: { sort },
    }));
    const chosen = await vscode.window.showQuickPick([...groups, separator('Sort'), ...sorts], {
      title: `${grouping === undefined ? 'Sort' : 'Group and sort'} ${kind}`,
    });
    if (chosen === undefined) return;
    await arrangements.set(kind, chosen.change);
    explorer.rearrange(kind);
  };
}

type Item = vscode.QuickPickItem & { change: Partial<Arrangement> };
