import { join } from 'node:path';
import * as vscode from 'vscode';
import { type ComparedEntry, compareRuns } from '../../run/compare-runs.js';
import { type RunRecord } from '../../run/record.js';
import { shellLine } from '../../host/shell-line.js';
import { counted } from '../confirm.js';
import { formatTime } from '../format.js';
import { withoutIcons } from '../plain-text.js';
import { type RunNode } from '../runs/run-nodes.js';
import { runSummaryUri } from '../runs/run-summaries.js';
import { type ViewCommand } from '../view-command.js';
import { pickRuns } from './run-actions.js';

/** One of the two runs, with its whole record. */
interface Side {
  node: RunNode;
  record: RunRecord;
}

type Item = vscode.QuickPickItem & { open?: () => Thenable<unknown> };

/** Lines below one heading before the rest is only counted: what differs comes first. */
const mostLines = 1000;

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
  const [older, newer] = first.record.started < other.record.started ? [first, other] : [other, first];
  const left = { node: older, record: await older.whole() };
  const right = { node: newer, record: await newer.whole() };
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

function aboutRun({ record }: Side): string {
  return withoutIcons(`${record.image.reference}, ${formatTime(record.started)}`);
}

function itemsFor(left: Side, right: Side): Item[] {
  const { inputs, environment, outputs } = compareRuns(left.record, right.record);
  const open = (): Thenable<unknown> => openSummaries(left, right);
  const lines = (entries: readonly ComparedEntry[], openEntry: (entry: ComparedEntry) => Thenable<unknown>): Item[] => [
    ...differing(entries)
      .slice(0, mostLines)
      .map((entry) => itemFor(entry, () => openEntry(entry))),
    ...(entries.length > mostLines
      ? [
          {
            label: `$(ellipsis) ${counted(entries.length - mostLines, 'more entry', 'more entries')}`,
            description: 'all are in Compare All',
            open,
          },
        ]
      : []),
  ];
  return [
    { label: '$(diff) Compare All', description: 'both runs side by side', open },
    separator(headingFor('Inputs', inputs)),
    ...lines(inputs, open),
    separator(headingFor('Environment', environment)),
    ...lines(environment, open),
    ...(outputs.kind === 'unfinished'
      ? [separator('Outputs: one of the runs has none to compare')]
      : [
          separator(headingFor('Outputs', outputs.entries)),
          ...lines(outputs.entries, ({ name }) => openOutput(name, left, right)),
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

function openSummaries(left: Side, right: Side): Thenable<unknown> {
  return diff(
    runSummaryUri(left.node.run.file),
    runSummaryUri(right.node.run.file),
    `${aboutRun(left)} ↔ ${aboutRun(right)}`,
  );
}

/** Only files that both runs have can be laid side by side. */
function openOutput(path: string, left: Side, right: Side): Thenable<unknown> {
  const there = [left, right].map(({ node: { folder }, record }) =>
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
