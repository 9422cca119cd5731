import { join } from 'node:path';
import * as vscode from 'vscode';
import { type EngineConnection } from '../../engine/connection.js';
import { checkGpu } from '../../gpu/check-gpu.js';
import { countEntries } from '../../run/output-folder.js';
import { proposeCommand } from '../../run/proposal.js';
import { shellLine } from '../../host/shell-line.js';
import { parseWords } from '../command-line.js';
import { counted } from '../confirm.js';
import { withoutIcons } from '../plain-text.js';
import { projectFolders } from '../projects.js';
import { type Services } from '../services.js';
import { commandsOf, type RunAnswers } from './run-answers.js';
import { type FormContext } from './form-context.js';

/** Each question takes the answers and resolves to changed ones; undefined when the person leaves them as they are. */
type Changed = Promise<RunAnswers | undefined>;

export async function askFolder(answers: RunAnswers, { image }: FormContext): Changed {
  const [project] = projectFolders();
  const proposed = project === undefined ? undefined : join(project, 'results');
  const known = [...new Set([answers.output, proposed])].filter((path) => path !== undefined);
  const picked = await vscode.window.showQuickPick(
    [
      ...known.map((path) => ({
        label: `$(folder) ${withoutIcons(vscode.workspace.asRelativePath(path))}`,
        description: withoutIcons(path),
        choice: { kind: 'path' as const, path },
      })),
      { label: '$(folder-opened) Another folder…', choice: { kind: 'other' as const } },
      {
        label: '$(circle-slash) None',
        description: 'results stay in the container',
        choice: { kind: 'none' as const },
      },
    ],
    {
      title: `Results Folder of ${image}`,
      placeHolder: 'A folder of this machine that the results land in',
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined) return undefined;
  const { choice } = picked;
  if (choice.kind === 'none') return { ...answers, output: undefined };
  const path = choice.kind === 'path' ? choice.path : await browse();
  if (path === undefined) return undefined;
  const entries = await countEntries(path);
  const existing = entries === 0 ? answers.existing : await askExisting(path, entries);
  return existing === undefined ? undefined : { ...answers, output: path, existing };
}

async function browse(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      title: 'Results Folder',
      openLabel: 'Bind Results to This Folder',
    })) ?? [];
  return folder?.fsPath;
}

async function askExisting(path: string, entries: number): Promise<RunAnswers['existing'] | undefined> {
  const chosen = await vscode.window.showQuickPick(
    [
      {
        label: '$(new-folder) A fresh subfolder for each run',
        description: 'named after its time',
        existing: 'subfolder' as const,
      },
      {
        label: '$(warning) Use it as it is',
        description: 'the program sees what is there, and may overwrite it',
        existing: 'use' as const,
      },
    ],
    {
      title: `${vscode.workspace.asRelativePath(path)} holds ${counted(entries, 'entry', 'entries')}`,
      placeHolder: 'Where should the results go?',
      ignoreFocusOut: true,
    },
  );
  return chosen?.existing;
}

export async function askTarget(answers: RunAnswers, { image, preview }: FormContext): Changed {
  const target = await vscode.window.showInputBox({
    title: `Container Folder of ${image}`,
    prompt: 'The folder in the container that the program writes its results to',
    value: answers.target ?? preview.target,
    validateInput: (text) => (/^\/+[^/]/.test(text.trim()) ? undefined : 'Give an absolute path below “/”.'),
    ignoreFocusOut: true,
  });
  return target === undefined ? undefined : { ...answers, target: target.trim() };
}

/** Lists what the image has where the results' folder will be, and lets another place be chosen. */
export async function showHidden(answers: RunAnswers, context: FormContext): Changed {
  const { hidden, preview } = context;
  const target = answers.target ?? preview.target;
  const change = { label: '$(edit) Choose another container folder…' };
  const keep = { label: '$(check) Hide them', description: 'the program sees the results’ folder instead' };
  const files = hidden.paths.map((path) => ({ label: `$(file) ${withoutIcons(path)}` }));
  const rest = hidden.isWhole ? [] : [{ label: '$(ellipsis) and more' }];
  const separator = { label: `In the image at ${target}`, kind: vscode.QuickPickItemKind.Separator };
  const chosen = await vscode.window.showQuickPick([change, keep, separator, ...files, ...rest], {
    title: `The Image Has Files at ${target}`,
    placeHolder: 'The program will not see them: the results’ folder takes their place',
    ignoreFocusOut: true,
  });
  return chosen === change ? askTarget(answers, context) : undefined;
}

export async function askCommand(answers: RunAnswers, context: FormContext): Changed {
  const { image, preview, services } = context;
  const own = proposeCommand(preview.image) ?? preview.image.command;
  const given = commandsOf(image, services.memory);
  const write = { label: '$(edit) Write a command…', words: undefined };
  const chosen =
    given.length === 0
      ? write
      : await vscode.window.showQuickPick(
          [
            write,
            { label: `$(package) ${withoutIcons(shellLine(own))}`, description: 'the image’s own', words: [] },
            ...given.map((words) => ({
              label: `$(history) ${withoutIcons(shellLine(words))}`,
              description: 'given before',
              words,
            })),
          ],
          { title: `Command for ${image}`, placeHolder: 'What should run?', ignoreFocusOut: true },
        );
  if (chosen === undefined) return undefined;
  const words = chosen.words ?? (await writeCommand(answers, context, own));
  if (words === undefined) return undefined;
  const isOwn = words.length === 0 || words.join('\0') === own.join('\0');
  return { ...answers, command: isOwn ? undefined : [...words] };
}

async function writeCommand(
  answers: RunAnswers,
  { image, preview }: FormContext,
  own: readonly string[],
): Promise<readonly string[] | undefined> {
  const { entrypoint } = preview.image;
  const line = await vscode.window.showInputBox({
    title: `Command for ${image}`,
    prompt:
      entrypoint.length === 0
        ? 'Words are split as a shell does; empty: the image’s own command'
        : `It comes after the image’s entrypoint, “${shellLine(entrypoint)}”; empty: the image’s own`,
    value: shellLine(answers.command ?? own),
    ignoreFocusOut: true,
  });
  return line === undefined ? undefined : parseWords(line);
}

export async function askInteraction(answers: RunAnswers): Changed {
  const chosen = await vscode.window.showQuickPick(
    [
      {
        label: '$(eye) Watch what it prints',
        description: 'Ctrl-C interrupts it',
        interactive: false,
      },
      {
        label: '$(keyboard) Type into it',
        description: 'a shell, a debugger, a prompt: “docker run -it”',
        interactive: true,
      },
    ],
    { title: 'Interaction', placeHolder: 'What do you do while it runs?', ignoreFocusOut: true },
  );
  return chosen === undefined ? undefined : { ...answers, interactive: chosen.interactive };
}

/** What is likelier comes first. */
export async function askGpu(answers: RunAnswers, { image, connection, services }: FormContext): Changed {
  const report = services.gpu.host;
  if (report === undefined) return undefined;
  const work = { signal: new AbortController().signal, onProgress: (): void => undefined };
  const { verdict, need } = await checkGpu(connection, { kind: 'image', image }, report, work);
  const reason = withoutIcons(verdict.reason);
  const works = verdict.verdict === 'works' || verdict.verdict === 'works-with-limits';
  const isWanted = works || (verdict.verdict === 'cannot-tell' && need?.kind === 'cuda');
  const all = { label: '$(circuit-board) With the GPU', detail: isWanted ? reason : '', gpus: 'all' as const };
  const none = { label: '$(circle-slash) Without a GPU', detail: isWanted ? '' : reason, gpus: undefined };
  const chosen = await vscode.window.showQuickPick(isWanted ? [all, none] : [none, all], {
    title: 'GPU for This Run',
    placeHolder: 'Should it have the GPU?',
    ignoreFocusOut: true,
  });
  return chosen === undefined ? undefined : { ...answers, gpus: chosen.gpus };
}

/** Whether the form should propose the GPU for an image that was not run before. */
export async function wantsGpu(image: string, connection: EngineConnection, services: Services): Promise<boolean> {
  const report = services.gpu.host;
  if (report?.host.kind !== 'nvidia' && report?.host.kind !== 'given') return false;
  const work = { signal: AbortSignal.timeout(10_000), onProgress: (): void => undefined };
  // Whoever wants it can still choose it.
  const check = await checkGpu(connection, { kind: 'image', image }, report, work).catch(() => undefined);
  const verdict = check?.verdict;
  return verdict?.verdict === 'works' || verdict?.verdict === 'works-with-limits';
}

export async function askOtherImage(
  instead: readonly { reference: string; platform: string }[],
): Promise<string | undefined> {
  const [only, second] = instead;
  if (second === undefined) return only?.reference;
  const chosen = await vscode.window.showQuickPick(
    instead.map(({ reference, platform }) => ({ label: withoutIcons(reference), description: platform })),
    { title: 'An Image for This Engine', placeHolder: 'Which one?', ignoreFocusOut: true },
  );
  return chosen?.label;
}
