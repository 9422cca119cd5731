import * as vscode from 'vscode';
import { commandId } from '../command-table.js';
import { lookOf, verdictHeading } from '../gpu/gpu-presentation.js';
import { type GpuStatus } from '../gpu/gpu-monitor.js';
import { withoutIcons } from '../plain-text.js';
import { type ViewCommand } from '../view-command.js';
import { type VerdictWord } from '../../gpu/verdict.js';

type Line = vscode.QuickPickItem & { act?: 'again' | 'image' | 'engine' | { command: string } };

/** Shows all that is known of the GPU, with what helps as buttons: commands are copied or typed, never run. */
export const showGpuCommand: ViewCommand = async (_selection, { gpu, engine }) => {
  if (gpu.status.kind === 'unchecked') void gpu.check('again');
  const picker = vscode.window.createQuickPick<Line>();
  picker.title = 'GPU';
  picker.placeholder = 'Whether this project runs on the engine’s GPU';
  picker.matchOnDescription = true;
  const copyReport: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy Report' };
  picker.buttons = [copyReport];
  const show = (): void => {
    const active = picker.activeItems[0]?.label;
    picker.items = linesOf(gpu.status);
    picker.busy = gpu.status.kind === 'checking';
    const kept = picker.items.find(({ label }) => label === active);
    if (kept !== undefined) picker.activeItems = [kept];
  };
  show();
  const following = gpu.onChange(show);
  picker.onDidTriggerButton(() => {
    const { heading, rows } = lookOf(gpu.status);
    const engineState =
      engine.state.kind === 'connected'
        ? [`Engine: ${engine.state.identity.product} ${engine.state.identity.version}`]
        : [];
    const report = [heading, ...rows.map(([what, value]) => `${what}: ${value}`), ...engineState].join('\n');
    void vscode.env.clipboard.writeText(report);
    vscode.window.setStatusBarMessage('$(copy) Report copied.', 3000);
  });
  picker.onDidTriggerItemButton(({ item, button }) => {
    if (typeof item.act === 'object') offer(item.act.command, button.tooltip === copyLabel ? 'copy' : 'type');
  });
  await new Promise<void>((resolve) => {
    picker.onDidAccept(() => {
      const act = picker.selectedItems[0]?.act;
      if (act === undefined) return;
      if (act === 'again') {
        void gpu.check('again');
        return;
      }
      picker.hide();
      if (act === 'image') void vscode.commands.executeCommand(commandId('checkGpu'));
      else if (act === 'engine') void vscode.commands.executeCommand(commandId('diagnoseEngine'));
      else offer(act.command, 'type');
    });
    picker.onDidHide(() => {
      following.dispose();
      picker.dispose();
      resolve();
    });
    picker.show();
  });
};

const copyLabel = 'Copy';
const typeLabel = 'Type into a Terminal';

function linesOf(status: GpuStatus): Line[] {
  const { heading, rows } = lookOf(status);
  const facts = rows.map(([what, value]): Line => ({ label: withoutIcons(what), description: withoutIcons(value) }));
  return [
    ...verdictLines(status, heading),
    ...group('What Was Found', facts),
    ...group('What You Can Do', actionsFor(status)),
  ];
}

function verdictLines(status: GpuStatus, heading: string): Line[] {
  switch (status.kind) {
    case 'unchecked':
    case 'checking':
      return [{ label: '$(loading~spin) Checking…' }, ...wrapped(heading)];
    case 'no-engine':
      return [{ label: '$(circle-slash) No engine' }, ...wrapped(heading)];
    case 'checked': {
      const { verdict, need } = status.check;
      const icons = {
        works: 'pass',
        'works-with-limits': 'info',
        'does-not-work': 'warning',
        'cpu-only': 'circle-slash',
        'cannot-tell': 'question',
      } as const;
      return [
        { label: `$(${icons[verdict.verdict]}) ${sentenceFor(verdict.verdict, need !== undefined)}` },
        ...wrapped(verdict.reason),
      ];
    }
  }
}

function actionsFor(status: GpuStatus): Line[] {
  const check = status.kind === 'checked' ? status.check : undefined;
  const problem = check?.host.kind === 'blocked' ? check.host.problem : undefined;
  const remedy = problem?.remedy ?? check?.verdict.remedy;
  const commands: Line[] =
    problem?.command === undefined
      ? []
      : [
          {
            label: `$(terminal) ${problem.command}`,
            detail: 'To be run on the engine’s host: Enter types it into a terminal',
            act: { command: problem.command },
            buttons: [
              { iconPath: new vscode.ThemeIcon('copy'), tooltip: copyLabel },
              { iconPath: new vscode.ThemeIcon('terminal'), tooltip: typeLabel },
            ],
          },
        ];
  return [
    ...(remedy === undefined ? [] : wrapped(remedy, '$(lightbulb) ')),
    ...commands,
    ...(status.kind === 'no-engine' ? [{ label: '$(pulse) Diagnose Engine…', act: 'engine' as const }] : []),
    { label: '$(refresh) Check Again', act: 'again' },
    { label: '$(package) Check GPU for Image…', act: 'image' },
  ];
}

function sentenceFor(verdict: VerdictWord, isOfProject: boolean): string {
  if (verdict === 'cannot-tell') {
    return `It cannot be told whether ${isOfProject ? 'this project runs on the GPU' : 'containers have a GPU'}`;
  }
  if (!isOfProject && verdict === 'works') return 'A GPU is there for containers';
  return isOfProject ? `This project ${verdictHeading(verdict)}` : 'Containers have no GPU here';
}

/** A line of a quick pick ends where its width does, in characters. */
const width = 62;

/** A text as lines that fit, the first one with an icon. */
function wrapped(text: string, icon = ''): Line[] {
  const lines: string[] = [''];
  for (const word of withoutIcons(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((label, at) => ({ label: at === 0 ? `${icon}${label}` : label }));
}

function group(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...lines];
}

/** A command is copied or typed, for the person to read and to run. */
function offer(command: string, how: 'copy' | 'type'): void {
  if (how === 'copy') {
    void vscode.env.clipboard.writeText(command);
    vscode.window.setStatusBarMessage('$(copy) Command copied.', 3000);
    return;
  }
  const terminal = vscode.window.createTerminal({ name: 'GPU' });
  terminal.show();
  terminal.sendText(command, false);
}
