import { join } from 'node:path';
import * as vscode from 'vscode';
import { type ComparedEntry, compareRuns } from '../../run/compare-runs.js';
import { shellLine } from '../../run/shell-quote.js';
import { formatTime } from '../format.js';
import { withoutIcons } from '../plain-text.js';
import { type RunNode } from '../runs/run-nodes.js';
import { runSummaryUri } from '../runs/run-summaries.js';
import { type ViewCommand } from '../view-command.js';
import { pickRuns } from './run-actions.js';

type Item = vscode.QuickPickItem & { open?: () => Thenable<unknown> };

const icons: Record<ComparedEntry['state'], string> = {
  same: 'pass',
  changed: 'diff-modified',
  'only-left': 'diff-removed',
  'only-right': 'diff-added',
  unknown: 'question',
};

/** Compares two runs in a list: what went in, where, and what came out. A line opens VS Code's diff of it. */
export const compareRunsCommand: ViewCommand = async (selection, services) => {
  const [first, second] = await pickRuns(selection, services, 'Compare Runs');
  if (first === undefined) return;
  const other =
    second ??
    (
      await pickRuns(
        { kind: 'none' },
        services,
        `Compare ${shellLine(first.record.command)} with…`,
        ({ run }) => run.file !== first.run.file,
      )
    )[0];
  if (other === undefined) return;
  // The older one is what the newer one is compared with.
  const [left, right] = first.record.started < other.record.started ? [first, other] : [other, first];
  const items = itemsFor(left, right);
  for (;;) {
    const chosen = await vscode.window.showQuickPick<Item>(items, {
      title: `${aboutRun(left)} ↔ ${aboutRun(right)}`,
      placeHolder: 'Enter opens the difference',
      matchOnDescription: true,
      ignoreFocusOut: true,
    });
    if (chosen === undefined) return;
    if (chosen.open === undefined) continue;
    await chosen.open();
    return;
  }
};

function aboutRun({ record }: RunNode): string {
  return withoutIcons(`${record.image.reference}, ${formatTime(record.started)}`);
}

function itemsFor(left: RunNode, right: RunNode): Item[] {
  const { inputs, environment, outputs } = compareRuns(left.record, right.record);
  const open = (): Thenable<unknown> => openSummaries(left, right);
  const lines = (entries: readonly ComparedEntry[]): Item[] => differing(entries).map((entry) => itemFor(entry, open));
  return [
    { label: '$(diff) Compare All', description: 'both runs side by side', open },
    separator(headingFor('Inputs', inputs)),
    ...lines(inputs),
    separator(headingFor('Environment', environment)),
    ...lines(environment),
    ...(outputs.kind === 'unfinished'
      ? [separator('Outputs: one of the runs has none to compare')]
      : [
          separator(headingFor('Outputs', outputs.entries)),
          ...differing(outputs.entries).map((entry) => itemFor(entry, () => openOutput(entry.name, left, right))),
        ]),
  ];
}

/** What differs first; what is the same is there for whoever looks for it. */
function differing(entries: readonly ComparedEntry[]): ComparedEntry[] {
  return [...entries.filter(({ state }) => state !== 'same'), ...entries.filter(({ state }) => state === 'same')];
}

function headingFor(what: string, entries: readonly ComparedEntry[]): string {
  const same = entries.filter(({ state }) => state === 'same').length;
  return `${what}: ${same} of ${entries.length} the same`;
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function itemFor({ name, state, left, right }: ComparedEntry, open: () => Thenable<unknown>): Item {
  return {
    label: `$(${icons[state]}) ${withoutIcons(name)}`,
    description: withoutIcons(difference(state, left, right)),
    open,
  };
}

function difference(state: ComparedEntry['state'], left = '', right = ''): string {
  switch (state) {
    case 'same':
      return left;
    case 'changed':
      return `${left} → ${right}`;
    case 'only-left':
      return `only in the older run: ${left}`;
    case 'only-right':
      return `only in the newer run: ${right}`;
    case 'unknown':
      return 'cannot be told';
  }
}

function openSummaries(left: RunNode, right: RunNode): Thenable<unknown> {
  return diff(runSummaryUri(left.run.file), runSummaryUri(right.run.file), `${aboutRun(left)} ↔ ${aboutRun(right)}`);
}

/** Only files that both runs have can be laid side by side. */
function openOutput(path: string, left: RunNode, right: RunNode): Thenable<unknown> {
  const there = [left, right].map(({ folder, record }) =>
    folder !== undefined &&
    record.state === 'finished' &&
    record.outputs.some((file) => file.path === path && !('link' in file))
      ? vscode.Uri.file(join(folder, path))
      : undefined,
  );
  const [before, after] = there;
  if (before !== undefined && after !== undefined)
    return diff(before, after, `${path}: ${aboutRun(left)} ↔ ${aboutRun(right)}`);
  const only = before ?? after;
  return only === undefined ? openSummaries(left, right) : vscode.commands.executeCommand('vscode.open', only);
}

function diff(left: vscode.Uri, right: vscode.Uri, title: string): Thenable<unknown> {
  return vscode.commands.executeCommand('vscode.diff', left, right, title);
}
