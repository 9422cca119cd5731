import * as vscode from 'vscode';
import { type ProgramError, programError } from '../../gpu/program-error.js';
import { asFailure } from '../../host/failure.js';
import { formatDuration } from '../../host/quantities.js';
import { type LiveRun } from '../../run/live-run.js';
import { OutputLines } from '../../run/output-lines.js';
import { type FinishedRecord } from '../../run/record.js';
import { type RunRequest } from '../../run/run-request.js';
import { commandId } from '../command-table.js';
import { counted } from '../confirm.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { folderlessProject, projectFolders, projectOf } from '../projects.js';
import { type Services } from '../services.js';
import { showFailure } from '../show-failure.js';
import { RunTerminal } from './run-terminal.js';

/**
 * Starts a run for a person, behind a notification with Cancel, and shows it in a terminal from then on; resolves when it has
 * started. Its end is told in a notification.
 *
 * Rejects what `startRun` rejects.
 */
export async function performRun(request: RunRequest, project: string, services: Services): Promise<LiveRun> {
  const { engine, runs, gpu } = services;
  const place = runs.placeOf(project, nameOfGpu(gpu.host));
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(`Starting ${request.image}`),
    cancellable: true,
  };
  const run = await vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => {
      controller.abort();
    });
    const onProgress = ({ message }: { message: string }): void => {
      progress.report({ message: withoutLinks(message) });
    };
    const connection = await engine.connect();
    return runs.start(connection, request, place, { signal: controller.signal, onProgress });
  });
  followForPerson(run, services);
  return run;
}

/** The newest terminal of each run that is shown. */
const terminals = new WeakMap<LiveRun, RunTerminal>();

/** Shows a run in a terminal, in the one that it has where that is open. Its end is told once. */
export function followForPerson(run: LiveRun, services: Services): void {
  const { log } = services;
  const before = terminals.get(run);
  if (before?.isClosed === false) {
    before.show();
    return;
  }
  const terminal = new RunTerminal(`Run ${oneLine(run.current.image.reference)}`, run, (what, error) => {
    log.error(`${what}: ${asFailure(error, what).message}`);
  });
  terminal.show();
  terminals.set(run, terminal);
  if (before !== undefined) return;
  let error: ProgramError | undefined;
  const heard = new OutputLines((line) => (error ??= programError(line)));
  const listening = run.onOutput((data) => {
    heard.add(data, 'stdout');
  });
  run.end
    .then(
      async (record) => {
        terminals.get(run)?.end(endText('It', record));
        if (error !== undefined) await showProgramError(error);
        await showEnd(run.file, record, services);
      },
      async (reason: unknown) => {
        const failure = asFailure(reason, 'The run');
        terminals.get(run)?.end(failure.message);
        if (failure.reason !== 'cancelled') await showFailure(failure);
      },
    )
    .catch((reason: unknown) => {
      log.error(asFailure(reason, 'Showing the end of a run').message);
    })
    .finally(() => {
      listening.dispose();
    });
}

/** Which project's folder keeps the record of a run: that of its results, the first one, or a folder of our own. */
export function projectOfRun(output: string | undefined, services: Services): string {
  const own = output === undefined ? undefined : projectOf(output);
  return own ?? projectFolders()[0] ?? folderlessProject(services.storage);
}

/** @param subject what ended: `It`, or the name of the image */
function endText(subject: string, record: FinishedRecord): string {
  const { exitCode, seconds, outOfMemory, signal, outputs, output } = record;
  const duration = formatDuration(seconds);
  const how = outOfMemory
    ? `${subject} ran out of memory after ${duration}`
    : exitCode === 0
      ? `${subject} finished in ${duration}`
      : `${subject} ended with exit code ${exitCode}${signal === undefined ? '' : ` (${signal})`} after ${duration}`;
  return output === undefined ? `${how}.` : `${how}: ${counted(outputs.length, 'file')} in ${output.folder}.`;
}

async function showEnd(file: string, record: FinishedRecord, { runsView }: Services): Promise<void> {
  const { image, exitCode, outputs, problem, interactive } = record;
  const results = 'Show Results';
  const reveal = 'Open Folder';
  const inView = 'Show Run';
  const buttons = outputs.length > 0 ? [results, reveal] : [inView];
  const text = withoutLinks(oneLine(endText(image.reference, record)));
  const chosen = await (problem !== undefined
    ? vscode.window.showErrorMessage(`${text} ${withoutLinks(problem.message)}`, ...buttons)
    : exitCode === 0 || interactive
      ? vscode.window.showInformationMessage(text, ...buttons)
      : vscode.window.showWarningMessage(`${text}${hintFor(record)}`, ...buttons));
  if (chosen === results) await vscode.commands.executeCommand(commandId('showResults'), vscode.Uri.file(file));
  if (chosen === inView) await runsView.reveal(file);
  if (chosen === reveal) await vscode.commands.executeCommand(commandId('openRunFolder'), vscode.Uri.file(file));
}

/** What the well-known exit codes mean (POSIX shells, `env`), and what helps. */
function hintFor({ exitCode, outOfMemory, limits }: FinishedRecord): string {
  if (outOfMemory) {
    return limits.memory === undefined
      ? ' The engine’s host has no more memory.'
      : ' Raise the limit under “More…”, or give it less to do.';
  }
  switch (exitCode) {
    case 126:
      return ' By that code a shell says that the command may not be executed.';
    case 127:
      return ' By that code a shell says that it does not find a command.';
    default:
      return '';
  }
}

async function showProgramError({ message, remedy }: ProgramError): Promise<void> {
  const details = 'Show GPU…';
  const chosen = await vscode.window.showWarningMessage(`${message} ${remedy}`, details);
  if (chosen === details) await vscode.commands.executeCommand(commandId('showGpu'));
}

/** Names of the GPUs that containers of the engine get, where they are known. */
export function nameOfGpu(report: Services['gpu']['host']): string | undefined {
  return report?.host.kind === 'nvidia' ? report.host.driver.gpus.map(({ name }) => name).join(', ') : undefined;
}
