import * as vscode from 'vscode';
import { deleteContainer } from '../../engine/container-operations.js';
import { Failure } from '../../host/failure.js';
import { type LiveRun } from '../../run/live-run.js';
import { secretMask } from '../../run/command-secrets.js';
import { dockerLine } from '../../run/docker-line.js';
import { logFileOf, overviewOf, projectOfRecord, readRunRecord, removeRunRecord } from '../../run/record.js';
import { requestOfRecord } from '../../run/repeat-request.js';
import { shellLine } from '../../host/shell-line.js';
import { confirmLoss, counted, mostNamed } from '../confirm.js';
import { formatAge, formatTime } from '../format.js';
import { withoutIcons } from '../plain-text.js';
import { followForPerson, performRun } from '../runs/perform-run.js';
import { askSecrets } from '../runs/secret-questions.js';
import { RunNode } from '../runs/run-nodes.js';
import { type RunAnswers } from '../runs/run-answers.js';
import { type Selection } from '../selection.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';
import { askAndRun, isThere } from './run-image.js';

/** The runs that a command was started on, or one that a person picks; empty when they changed their mind. */
export async function pickRuns(
  selection: Selection,
  services: Services,
  title: string,
  wanted: (run: RunNode) => boolean = () => true,
): Promise<RunNode[]> {
  const selected = selection.kind === 'nodes' ? selection.nodes.filter((node) => node instanceof RunNode) : [];
  if (selected.length > 0) return selected.filter(wanted);
  if (selection.kind === 'file') {
    const file = selection.uri.fsPath;
    return [new RunNode({ file, record: overviewOf(await readRunRecord(file)) }, services.runs.live.get(file)?.phase)];
  }
  const runs = (await services.runsView.runs()).filter(wanted);
  if (runs.length === 0) {
    void vscode.window.showInformationMessage('There is no such run yet.');
    return [];
  }
  const chosen = await vscode.window.showQuickPick(
    runs.map((run) => ({
      label: withoutIcons(shellLine(run.record.command)),
      description: withoutIcons(`${run.record.image.reference} · ${formatAge(Date.parse(run.record.started))}`),
      run,
    })),
    { title, placeHolder: 'Choose a run', matchOnDescription: true },
  );
  return chosen === undefined ? [] : [chosen.run];
}

export const showResultsCommand: ViewCommand = async (selection, services) => {
  const [run] = await pickRuns(selection, services, 'Show Results', hasResults);
  const folder = run?.folder;
  if (run === undefined || folder === undefined) return;
  const record = await run.whole();
  if (record.state !== 'finished') return;
  const { image, started, outputs } = record;
  await services.results.show(`${image.reference}, ${formatTime(started)}`, folder, outputs);
};

export const runAgainCommand: ViewCommand = async (selection, services) => {
  const [run] = await pickRuns(selection, services, 'Run Again');
  if (run === undefined || !(await isThere(run.record.image.reference, services))) return;
  const request = requestOfRecord(run.run.file, run.record);
  const whole = await askSecrets({ command: request.command, env: withOmitted(run, request.env) });
  if (whole !== undefined) await performRun({ ...request, ...whole }, projectOfRecord(run.run.file), services);
};

export const runAgainWithChangesCommand: ViewCommand = async (selection, services) => {
  const [run] = await pickRuns(selection, services, 'Run Again with Changes');
  if (run === undefined) return;
  const { image, output, target, command, interactive, gpus, env, volumes, ports, limits, user, platform } =
    requestOfRecord(run.run.file, run.record);
  const answers: Partial<RunAnswers> = {
    existing: 'subfolder',
    interactive: interactive === true,
    env: withOmitted(run, env),
    volumes: [...(volumes ?? [])],
    ports: [...(ports ?? [])],
    limits: { ...limits },
    output,
    target,
    command: command === undefined ? undefined : [...command],
    gpus: gpus === undefined ? undefined : 'all',
    user,
    platform,
  };
  await askAndRun(image, services, answers);
};

/** Variables whose values the record does not keep have a mask for them. */
function withOmitted(run: RunNode, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...env, ...Object.fromEntries(run.record.omittedEnvironment.map((name) => [name, secretMask])) };
}

export const copyRunCommandCommand: ViewCommand = async (selection, services) => {
  const [run] = await pickRuns(selection, services, 'Copy as docker run');
  if (run === undefined) return;
  const { omittedEnvironment } = run.record;
  const request = requestOfRecord(run.run.file, run.record);
  // Named without their values, docker takes them from the shell that it is called in.
  const env = { ...request.env, ...Object.fromEntries(omittedEnvironment.map((name) => [name, undefined])) };
  const output =
    request.output === undefined || request.target === undefined
      ? undefined
      : { folder: run.folder ?? request.output, target: request.target };
  await vscode.env.clipboard.writeText(dockerLine({ ...request, env, output }));
  vscode.window.setStatusBarMessage('$(copy) The docker run line was copied.', 3000);
};

export const openRunFolderCommand: ViewCommand = async (selection, services) => {
  const [run] = await pickRuns(selection, services, 'Open Folder', ({ folder }) => folder !== undefined);
  if (run?.folder === undefined) return;
  const uri = vscode.Uri.file(run.folder);
  const isInside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(isInside ? 'revealInExplorer' : 'revealFileInOS', uri);
};

export const showRunLogCommand: ViewCommand = async (selection, services) => {
  const [run] = await pickRuns(selection, services, 'Open Log');
  if (run === undefined) return;
  if (run.record.state === 'finished' && run.record.log === undefined) {
    void vscode.window.showInformationMessage('The program of this run printed nothing.');
    return;
  }
  // Any size, unlike a text document.
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(logFileOf(run.run.file)));
};

export const showRunTerminalCommand: ViewCommand = async (selection, services) => {
  const live = await pickLive(selection, services, 'Show Terminal');
  if (live !== undefined) followForPerson(live, services);
};

export const stopRunCommand: ViewCommand = async (selection, services) => {
  const live = await pickLive(selection, services, 'Stop Run');
  if (live === undefined) return;
  const title = 'Stopping the run: it has ten seconds';
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => live.stop());
};

async function pickLive(selection: Selection, services: Services, title: string): Promise<LiveRun | undefined> {
  const isLive = ({ run }: RunNode): boolean => services.runs.live.has(run.file);
  const [run] = await pickRuns(selection, services, title, isLive);
  return run === undefined ? undefined : services.runs.live.get(run.run.file);
}

/** Tries again what could not be done after the end of a run, or to find one that is lost. */
export const pickUpRunsCommand: ViewCommand = async (_selection, { runs }) => {
  runs.lookAgain();
  return Promise.resolve();
};

export const removeRunCommand: ViewCommand = async (selection, services) => {
  const isOver = ({ run }: RunNode): boolean => !services.runs.live.has(run.file);
  const runs = await pickRuns(selection, services, 'Remove Run', isOver);
  if (runs.length === 0) return;
  for (const { run, record } of runs) {
    if (!(await services.runs.isElsewhere(run.file))) continue;
    const what = `Another window looks after ${shellLine(record.command)}.`;
    throw new Failure('invalid-argument', what, 'Wait for its end, or stop it there first. Nothing was removed.');
  }
  const lost = runs
    .slice(0, mostNamed)
    .map(
      ({ record }) =>
        `${shellLine(record.command)} (${record.image.reference}, ${formatAge(Date.parse(record.started))})`,
    );
  const note = 'Its record and log are removed. Its results stay; so does its container, unless you say otherwise.';
  const all = [...lost, ...runs.slice(mostNamed).map(({ record }) => shellLine(record.command))];
  const question = `Remove ${counted(runs.length, 'run')}?`;
  if (!(await confirmLoss(question, all, 'Remove', note))) return;
  for (const { run } of runs) {
    await removeRunRecord(run.file);
    await services.runs.forget(run.file);
  }
  await offerContainers(runs, services);
};

/** Containers hold what was written besides the results: they go only when somebody says so. */
async function offerContainers(runs: readonly RunNode[], services: Services): Promise<void> {
  const remove = 'Remove Too';
  const text =
    runs.length === 1 ? 'The container of the run may still be there.' : 'Containers of the runs may still be there.';
  if ((await vscode.window.showInformationMessage(text, remove)) !== remove) return;
  const connection = await services.engine.connect();
  for (const { record } of runs) {
    await deleteContainer(connection, record.container.id, undefined, 'anonymous').catch((error: unknown) => {
      if (!(error instanceof Failure) || error.reason !== 'container-not-found') throw error;
    });
  }
}

function hasResults({ record }: RunNode): boolean {
  return record.state === 'finished' && record.outputs > 0;
}
