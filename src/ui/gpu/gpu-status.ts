import * as vscode from 'vscode';
import { commandId } from '../command-table.js';
import { oneLine, withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';
import { GpuProblems } from './gpu-problems.js';
import { lookOf } from './gpu-presentation.js';

/** Files whose change may change what the project needs; groups of VS Code's patterns cannot hold others. */
const needFiles = `{${[
  'Dockerfile',
  'requirements*.txt',
  'requirements*.lock',
  'pyproject.toml',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock*.toml',
  'Pipfile.lock',
  'pixi.lock',
  'conda-lock.yml',
  'conda-lock.yaml',
  'environment.yml',
  'environment.yaml',
].join()}}`;
/** Tools write several files in a row, in milliseconds. */
const settle = 500;

/**
 * Shows in the status bar whether the project will run on the engine's GPU. Its first state needs nothing; what follows
 * is found out behind it, where the workspace is trusted, for that may start a container.
 */
export function registerGpuStatus({ gpu }: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('gpu', vscode.StatusBarAlignment.Left, -101);
  item.name = 'GPU';
  item.command = commandId('showGpu');
  const problems = new GpuProblems();
  const show = (): void => {
    const { icon, text, isWarning, heading, rows } = lookOf(gpu.status);
    item.text = `$(${icon}) ${withoutIcons(text)}`;
    item.backgroundColor = isWarning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.tooltip = tooltipOf(heading, rows);
    const spoken = [heading, ...rows.map(([what, value]) => `${what}: ${value}`)].join(', ');
    item.accessibilityInformation = { label: `GPU: ${oneLine(spoken)}` };
    problems.show(gpu.status);
  };
  show();
  item.show();
  let waiting: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void gpu.rejudge(), settle);
  };
  const watchers = (vscode.workspace.workspaceFolders ?? []).map((folder) =>
    vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, needFiles)),
  );
  for (const watcher of watchers) {
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
  }
  // Behind the activation, which is not to wait for files.
  setImmediate(() => void gpu.begin());
  return vscode.Disposable.from(
    item,
    problems,
    gpu.onChange(show),
    ...watchers,
    vscode.workspace.onDidGrantWorkspaceTrust(() => void gpu.begin()),
    {
      dispose: () => {
        clearTimeout(waiting);
      },
    },
  );
}

/** Names are of drivers and files: shown as the text that they are. */
function tooltipOf(heading: string, rows: readonly (readonly [string, string])[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(oneLine(heading));
  if (rows.length === 0) return tooltip;
  const cell = (text: string): string => oneLine(text).replaceAll(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&');
  tooltip.appendMarkdown('\n\n| | |\n|---|---|\n');
  for (const [what, value] of rows) tooltip.appendMarkdown(`| ${cell(what)} | ${cell(value)} |\n`);
  return tooltip;
}
