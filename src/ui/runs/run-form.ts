import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { type EngineConnection } from '../../engine/connection.js';
import { asFailure } from '../../host/failure.js';
import { countEntries } from '../../run/output-folder.js';
import { maskSecrets } from '../../run/command-secrets.js';
import { dockerLine } from '../../run/docker-line.js';
import { hiddenFiles, previewRun, type RunPreview } from '../../run/preview-run.js';
import { proposeCommand, proposeData } from '../../run/proposal.js';
import { shellLine } from '../../host/shell-line.js';
import { counted } from '../confirm.js';
import { pickLine } from '../pick-line.js';
import { withoutIcons } from '../plain-text.js';
import { projectFolders } from '../projects.js';
import { type Services } from '../services.js';
import { showFailure } from '../show-failure.js';
import { type FormContext } from './form-context.js';
import { askMore, moreSummary } from './more-questions.js';
import { answersFor, requestOf, type RunAnswers } from './run-answers.js';
import {
  askCommand,
  askFolder,
  askGpu,
  askInteraction,
  askOtherImage,
  askTarget,
  showHidden,
  wantsGpu,
} from './run-questions.js';

/** What a line of the form leads to: a start, another image, or changed answers. */
type Choice =
  | { kind: 'run' }
  | { kind: 'image'; ask: () => Promise<string | undefined> }
  | { kind: 'ask'; ask: (answers: RunAnswers) => Promise<RunAnswers | undefined> };
type Line = vscode.QuickPickItem & { choice: Choice };

/**
 * One list with all that a run can be told, answered already by the last time or by what the image proposes: Enter runs, and each
 * line can be changed first. Undefined when the person changed their mind.
 *
 * @param given answers that take the place of those of the last time
 */
export async function askForRun(
  image: string,
  services: Services,
  given: Partial<RunAnswers> = {},
): Promise<{ image: string; answers: RunAnswers; target: string } | undefined> {
  const connection = await services.engine.connect();
  const preview = await look(image, (signal) => previewRun(connection, image, signal));
  let answers: RunAnswers = { ...(await firstAnswers(image, connection, preview, services)), ...given };
  for (;;) {
    const context = await contextOf(image, connection, preview, answers, services);
    const chosen = await pickLine(
      linesFor(answers, context),
      `Run ${image}`,
      'Enter runs; choose a line to change it first',
    );
    if (chosen === undefined) return undefined;
    const { choice } = chosen;
    try {
      switch (choice.kind) {
        case 'run':
          return { image, answers, target: answers.target ?? preview.target };
        case 'image': {
          const other = await choice.ask();
          if (other !== undefined) return await askForRun(other, services, given);
          break;
        }
        case 'ask':
          answers = (await choice.ask(answers)) ?? answers;
      }
    } catch (error) {
      await showFailure(asFailure(error, 'Asking the engine'));
    }
  }
}

async function firstAnswers(
  image: string,
  connection: EngineConnection,
  preview: RunPreview,
  services: Services,
): Promise<RunAnswers> {
  const before = answersFor(image, services.memory);
  if (before !== undefined) return before;
  const [project] = projectFolders();
  const keep = vscode.workspace.getConfiguration('researchContainers').get('run.keepContainers', true);
  const command = proposeCommand(preview.image);
  const words = [...preview.image.entrypoint, ...(command ?? preview.image.command)];
  return {
    ...(project === undefined ? {} : { output: join(project, 'results') }),
    existing: 'subfolder',
    interactive: isShell(words),
    ...((await wantsGpu(image, connection, services)) ? { gpus: 'all' as const } : {}),
    env: {},
    volumes: project === undefined ? [] : await dataFolders(project, preview.image),
    ports: [],
    limits: {},
    keep,
  };
}

/** The folders of data that the image wants, and the project has; a program has no business to change them. */
async function dataFolders(project: string, image: RunPreview['image']): Promise<RunAnswers['volumes']> {
  const found = await Promise.all(
    proposeData(image).map(async ({ folder, target }) => {
      const source = join(project, ...folder.split('/'));
      const isFolder = await stat(source).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      return isFolder ? [{ source, target, readOnly: true }] : [];
    }),
  );
  return found.flat();
}

/** Programs that wait for somebody who types, when they are given nothing else. */
function isShell(words: readonly string[]): boolean {
  const [word = ''] = words;
  const name = basename(word);
  if (words.length === 1) return /^(?:(?:ba|da|z|fi|a|k)?sh|i?python[\d.]*|R|julia|octave|node|ghci)$/.test(name);
  return words.length === 2 && name === 'R' && words[1] === '--no-save';
}

async function contextOf(
  image: string,
  connection: EngineConnection,
  preview: RunPreview,
  answers: RunAnswers,
  services: Services,
): Promise<FormContext> {
  const target = answers.target ?? preview.target;
  const [hidden, entries] = await Promise.all([
    answers.output === undefined
      ? { paths: [], isWhole: true }
      : look(image, (signal) => hiddenFiles(connection, preview.image, target, signal)),
    // A folder that cannot be looked into is told when it is bound.
    answers.output === undefined ? 0 : countEntries(answers.output).catch(() => 0),
  ]);
  return { image, connection, preview, services, hidden, entries };
}

/** An engine that says nothing is not waited for longer, in milliseconds. */
const patience = 60_000;

function look<T>(image: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Window, title: withoutIcons(`Looking at ${image}`) };
  return vscode.window.withProgress(options, () => work(AbortSignal.timeout(patience)));
}

function linesFor(answers: RunAnswers, context: FormContext): Line[] {
  const { image, preview, services, hidden, entries } = context;
  const ask = (icon: string, label: string, description: string, question: Line['choice'], detail = ''): Line => ({
    label: `$(${icon}) ${label}`,
    description: withoutIcons(description),
    ...(detail === '' ? {} : { detail: withoutIcons(detail) }),
    choice: question,
  });
  const to = (question: (answers: RunAnswers) => Promise<RunAnswers | undefined>): Choice => ({
    kind: 'ask',
    ask: question,
  });
  const target = answers.target ?? preview.target;
  const docker = dockerLineOf(image, answers, preview);
  const hides =
    hidden.paths.length === 0
      ? ''
      : `hides ${hidden.isWhole ? '' : 'more than '}${counted(hidden.paths.length, 'file')} of the image`;
  return [
    firstLine(context, docker),
    ask(
      'folder',
      'Results Folder',
      folderText(answers, entries),
      to((before) => askFolder(before, context)),
    ),
    ...(answers.output === undefined
      ? []
      : [
          ask(
            hides === '' ? 'file-symlink-directory' : 'warning',
            'Container Folder',
            [target, hides].filter((text) => text !== '').join(' · '),
            to((before) => (hides === '' ? askTarget(before, context) : showHidden(before, context))),
          ),
        ]),
    ask(
      'terminal',
      'Command',
      commandText(answers, preview),
      to((before) => askCommand(before, context)),
    ),
    ask(
      'keyboard',
      'Interaction',
      answers.interactive ? 'type into it, as “docker run -it” does' : 'watch what it prints',
      to(askInteraction),
    ),
    ...(services.gpu.host?.host.kind === 'nvidia' || services.gpu.host?.host.kind === 'given'
      ? [
          ask(
            'circuit-board',
            'GPU',
            answers.gpus === undefined ? 'without' : 'with all GPUs',
            to((before) => askGpu(before, context)),
          ),
        ]
      : []),
    ask(
      'settings',
      'More…',
      moreSummary(answers),
      to((before) => askMore(before, context)),
    ),
    ask(
      'copy',
      'Copy as docker run',
      '',
      to(async () => {
        await vscode.env.clipboard.writeText(docker);
        vscode.window.setStatusBarMessage('$(copy) The docker run line was copied.', 3000);
        return undefined;
      }),
    ),
  ];
}

function firstLine(context: FormContext, docker: string): Line {
  const { platform } = context.preview;
  const run = (icon: string, description: string): Line => ({
    label: `$(${icon}) Run`,
    description: withoutIcons(description),
    detail: withoutIcons(docker),
    choice: { kind: 'run' },
  });
  switch (platform.kind) {
    case 'own':
      return run('play', '');
    case 'emulated':
      return run('warning', `emulated: the image is for ${platform.platform}, which is several times slower here`);
    case 'unknown':
      return run('warning', `the image is for ${platform.platform}, the engine for ${platform.own}`);
    case 'impossible':
      return {
        label: '$(error) Cannot Run Here',
        description: withoutIcons(`the image is for ${platform.platform}, the engine for ${platform.own}`),
        detail:
          platform.instead.length === 0
            ? 'Build or pull it for the engine’s platform, or install emulation (QEMU’s binfmt handlers) on the engine’s host.'
            : withoutIcons(`Enter takes ${platform.instead.map(({ reference }) => reference).join(' or ')} instead.`),
        choice: { kind: 'image', ask: () => askOtherImage(platform.instead) },
      };
  }
}

export function dockerLineOf(image: string, answers: RunAnswers, preview: RunPreview): string {
  const { output, target, command } = answers;
  const request = requestOf(image, answers);
  return dockerLine({
    ...request,
    command: command ?? proposeCommand(preview.image),
    output: output === undefined ? undefined : { folder: output, target: target ?? preview.target },
  });
}

function folderText({ output, existing }: RunAnswers, entries: number): string {
  if (output === undefined) return 'none: results stay in the container';
  const path = vscode.workspace.asRelativePath(output);
  if (entries === 0) return path;
  const holds = `holds ${counted(entries, 'entry', 'entries')}`;
  return existing === 'use' ? `${path} · ${holds}, is used as it is` : `${path} · ${holds}: a fresh dated subfolder`;
}

function commandText({ command }: RunAnswers, { image }: RunPreview): string {
  const words = command ?? proposeCommand(image) ?? image.command;
  const line = shellLine(maskSecrets(words));
  if (line === '') return image.entrypoint.length > 0 ? `the image’s own: ${shellLine(image.entrypoint)}` : 'none';
  return image.entrypoint.length > 0 ? `${shellLine(image.entrypoint)} ${line}` : line;
}
