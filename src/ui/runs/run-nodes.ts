import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { formatDuration, formatSize } from '../../host/quantities.js';
import { type RunPhase } from '../../run/run-place.js';
import {
  logFileOf,
  outputFolderOf,
  type OutputFile,
  readRunRecord,
  type RunOverview,
  type RunRecord,
} from '../../run/record.js';
import { shellLine } from '../../host/shell-line.js';
import { counted } from '../confirm.js';
import { runItem } from '../command-declaration.js';
import { type Look, TreeNode } from '../explorer/tree-node.js';
import { formatAge } from '../format.js';
import { type ListedRun } from './run-list.js';

type FinishedOverview = Extract<RunOverview, { state: 'finished' }>;

/** Lines below one folder before the rest is only counted. */
const mostBelow = 500;

/** A run, with what it left below it. */
export class RunNode extends TreeNode {
  readonly id: string;

  /** @param phase what it does now, where it goes on and this window looks after it */
  constructor(
    readonly run: ListedRun,
    private readonly phase: RunPhase | undefined,
  ) {
    super();
    this.id = `run:${run.file}`;
  }

  get record(): RunOverview {
    return this.run.record;
  }

  /** The whole record. Rejects `record-unreadable`. */
  whole(): Promise<RunRecord> {
    return readRunRecord(this.run.file);
  }

  /** Absolute path of the folder that its outputs went to. */
  get folder(): string | undefined {
    return outputFolderOf(this.run.file, this.record);
  }

  override look(): Look {
    const { record, phase } = this;
    const state = stateOf(record, phase);
    const facts = [
      state.text,
      record.image.reference,
      record.state === 'finished' && record.output !== undefined ? counted(record.outputs, 'file') : '',
      formatAge(Date.parse(record.started)),
    ].filter((fact) => fact !== '');
    return {
      label: shellLine(record.command),
      description: facts.join(' · '),
      icon: state.icon,
      context: contextOf(record, phase),
      tooltip: tooltipOf(record, state.text),
      spoken: `Run ${shellLine(record.command)}`,
      state: 'collapsed',
    };
  }

  override async children(): Promise<TreeNode[]> {
    const { folder, id } = this;
    const record = await this.whole();
    const below =
      folder === undefined
        ? []
        : record.state === 'finished'
          ? outputNodes(id, folder, record.outputs)
          : await presentNodes(id, folder);
    const { file } = this.run;
    const hasLog = record.state !== 'finished' || record.log !== undefined;
    return [
      ...below,
      ...(hasLog ? [new FileNode(id, 'Log', logFileOf(file), 'what it printed', 'output')] : []),
      new FileNode(id, 'Record', file, basename(file), 'json'),
    ];
  }
}

/** A folder among the outputs of a run. */
class FolderNode extends TreeNode {
  readonly id: string;

  constructor(
    parent: string,
    private readonly name: string,
    private readonly below: (id: string) => TreeNode[] | Promise<TreeNode[]>,
  ) {
    super();
    this.id = `${parent}/${name}`;
  }

  override look(): Look {
    return { label: this.name, icon: vscode.ThemeIcon.Folder, spoken: `Folder ${this.name}`, state: 'collapsed' };
  }

  override children(): TreeNode[] | Promise<TreeNode[]> {
    return this.below(this.id);
  }
}

/** A file that a click opens. */
class FileNode extends TreeNode {
  readonly id: string;

  /** @param icon the file's own, by its name, where undefined */
  constructor(
    parent: string,
    private readonly name: string,
    private readonly file: string,
    private readonly about: string,
    private readonly icon?: string,
  ) {
    super();
    this.id = `${parent}/${icon ?? 'file'}:${name}`;
  }

  override look(): Look {
    const uri = vscode.Uri.file(this.file);
    return {
      label: this.name,
      description: this.about,
      icon: this.icon === undefined ? vscode.ThemeIcon.File : new vscode.ThemeIcon(this.icon),
      ...(this.icon === undefined ? { resource: uri } : {}),
      tooltip: this.file,
      spoken: `File ${this.name}`,
      command: { title: 'Open', command: 'vscode.open', arguments: [uri] },
    };
  }
}

/** A line that says what is not shown. */
class NoteNode extends TreeNode {
  readonly id: string;

  constructor(
    parent: string,
    private readonly text: string,
  ) {
    super();
    this.id = `${parent}/…`;
  }

  override look(): Look {
    return { label: this.text, icon: new vscode.ThemeIcon('ellipsis'), spoken: this.text };
  }
}

/** Outputs as a tree; paths are in the order of their names. */
function outputNodes(parent: string, folder: string, outputs: readonly OutputFile[]): TreeNode[] {
  const folders = new Map<string, OutputFile[]>();
  const files: OutputFile[] = [];
  for (const output of outputs) {
    const at = output.path.indexOf('/');
    if (at < 0 || at === output.path.length - 1) files.push(output);
    else {
      const name = output.path.slice(0, at);
      const below = folders.get(name) ?? [];
      below.push({ ...output, path: output.path.slice(at + 1) });
      folders.set(name, below);
    }
  }
  const nodes: TreeNode[] = [
    ...[...folders].map(
      ([name, below]) => new FolderNode(parent, name, (id) => outputNodes(id, join(folder, name), below)),
    ),
    ...files
      .slice(0, mostBelow)
      .map((file) => new FileNode(parent, file.path, join(folder, file.path), aboutFile(file))),
  ];
  return limited(parent, nodes, folders.size + files.length);
}

function aboutFile(file: OutputFile): string {
  return 'link' in file ? `→ ${file.link}` : formatSize(file.size);
}

/** What a folder holds now, of a run that is not over. */
async function presentNodes(parent: string, folder: string): Promise<TreeNode[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const shown = entries
    .filter(({ name }) => !name.startsWith('.research-containers-'))
    .sort(
      (left, right) => Number(right.isDirectory()) - Number(left.isDirectory()) || (left.name < right.name ? -1 : 1),
    );
  const nodes = shown
    .slice(0, mostBelow)
    .map((entry) =>
      entry.isDirectory()
        ? new FolderNode(parent, entry.name, (id) => presentNodes(id, join(folder, entry.name)))
        : new FileNode(parent, entry.name, join(folder, entry.name), ''),
    );
  return limited(parent, nodes, shown.length);
}

function limited(parent: string, nodes: TreeNode[], count: number): TreeNode[] {
  const shown = nodes.slice(0, mostBelow);
  if (count <= shown.length) return shown;
  return [...shown, new NoteNode(parent, `… and ${counted(count - shown.length, 'more entry', 'more entries')}`)];
}

function stateOf(record: RunOverview, phase: RunPhase | undefined): { text: string; icon: vscode.ThemeIcon } {
  const spinning = new vscode.ThemeIcon('loading~spin');
  switch (phase?.kind) {
    case 'running':
      return { text: 'running', icon: spinning };
    case 'copying':
      return { text: `copying results, ${formatSize(phase.bytes)}`, icon: spinning };
    case 'recording':
      return { text: phase.files === 0 ? 'recording results' : `recording ${phase.files} files`, icon: spinning };
    default:
  }
  switch (record.state) {
    case 'running':
      return { text: 'its end is not known here', icon: new vscode.ThemeIcon('question') };
    case 'lost':
      return { text: 'lost', icon: new vscode.ThemeIcon('question') };
    case 'finished':
      return { text: endOf(record), icon: iconOf(record) };
  }
}

function endOf(record: FinishedOverview): string {
  const duration = formatDuration(record.seconds);
  if (record.outOfMemory) return `out of memory after ${duration}`;
  if (record.problem !== undefined) return `results incomplete · ${duration}`;
  if (record.signal !== undefined) return `ended by ${record.signal} after ${duration}`;
  return record.exitCode === 0 ? duration : `exit code ${record.exitCode} after ${duration}`;
}

function iconOf({ exitCode, problem }: FinishedOverview): vscode.ThemeIcon {
  if (problem !== undefined) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return exitCode === 0
    ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
    : new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
}

/** What menus tell apart: whether it goes on, and whether it has results. */
function contextOf(record: RunOverview, phase: RunPhase | undefined): string {
  if (phase?.kind === 'running') return `${runItem}.running`;
  if (record.state !== 'finished') return `${runItem}.lost`;
  const marks = [record.outputs > 0 ? '.results' : '', record.problem === undefined ? '' : '.incomplete'];
  return `${runItem}.finished${marks.join('')}`;
}

function tooltipOf(record: RunOverview, state: string): string {
  const lines = [
    shellLine(record.command),
    `Image: ${record.image.reference} (${record.image.platform})`,
    `State: ${state}`,
    `Started: ${new Date(record.started).toLocaleString()}`,
    ...(record.output === undefined ? [] : [`Results: ${record.output.folder} ↔ ${record.output.target}`]),
    ...(record.git === undefined
      ? []
      : [
          `Commit: ${record.git.commit.slice(0, 12)}${record.git.dirty ? ', with changes that are not committed' : ''}`,
        ]),
    ...(record.state === 'lost' ? [record.lost.why] : []),
  ];
  if (record.state !== 'finished') return lines.join('\n');
  const { peakMemory, cpuSeconds, problem } = record;
  return [
    ...lines,
    ...(peakMemory === undefined ? [] : [`Peak memory: ${formatSize(peakMemory)}`]),
    ...(cpuSeconds === undefined ? [] : [`Processor time: ${formatDuration(cpuSeconds)}`]),
    ...(problem === undefined ? [] : [problem.message]),
  ].join('\n');
}
