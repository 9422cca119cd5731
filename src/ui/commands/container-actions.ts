import * as vscode from 'vscode';
import {
  containerSize,
  deleteContainer,
  killContainer,
  pauseContainer,
  renameContainer,
  restartContainer,
  stopContainer,
  unpauseContainer,
} from '../../engine/container-operations.js';
import { startContainer } from '../../engine/container-process.js';
import { type ContainerSummary, listContainers } from '../../engine/containers.js';
import { type EngineConnection } from '../../engine/connection.js';
import { commitContainer } from '../../engine/image-operations.js';
import { formatSize } from '../../host/quantities.js';
import { parseReference } from '../../image/reference.js';
import { confirmLoss, counted, mostNamed } from '../confirm.js';
import { forEachItem } from '../for-each-item.js';
import { formatAge } from '../format.js';
import { pickContainers } from '../pick.js';
import { type ViewCommand } from '../view-command.js';

/** A change of state, of one container or of several at once. */
function stateCommand(
  title: string,
  progress: string,
  states: readonly string[],
  change: (connection: EngineConnection, id: string, signal: AbortSignal) => Promise<void>,
): ViewCommand {
  return async (selection, services) => {
    const wanted = ({ state }: ContainerSummary): boolean => states.includes(state);
    const containers = await pickContainers(selection, services, title, wanted);
    if (containers === undefined) return;
    const connection = await services.engine.connect();
    await forEachItem(progress, containers, ({ id }, signal) => change(connection, id, signal));
  };
}

const stopped = ['created', 'exited', 'dead'];
const alive = ['running', 'paused', 'restarting'];

export const startContainerCommand = stateCommand('Start', 'Starting', stopped, startContainer);
export const stopContainerCommand = stateCommand('Stop', 'Stopping', alive, stopContainer);
export const restartContainerCommand = stateCommand('Restart', 'Restarting', [...alive, 'exited'], restartContainer);
export const pauseContainerCommand = stateCommand('Pause', 'Pausing', ['running'], pauseContainer);
export const unpauseContainerCommand = stateCommand('Continue', 'Continuing', ['paused'], unpauseContainer);

export const killContainerCommand: ViewCommand = async (selection, services) => {
  const isAlive = ({ state }: ContainerSummary): boolean => alive.includes(state);
  const containers = await pickContainers(selection, services, 'Kill', isAlive);
  if (containers === undefined || containers.length === 0) return;
  const note = 'The program has no time to save anything. “Stop” gives it ten seconds.';
  const lost = containers.map(({ name, image }) => `${name} (${image})`);
  if (!(await confirmLoss(`Kill ${counted(containers.length, 'container')}?`, lost, 'Kill', note))) return;
  const connection = await services.engine.connect();
  await forEachItem('Killing', containers, ({ id }, signal) => killContainer(connection, id, signal));
};

export const renameContainerCommand: ViewCommand = async (selection, services) => {
  const [container] = (await pickContainers(selection, services, 'Rename')) ?? [];
  if (container === undefined) return;
  const name = await vscode.window.showInputBox({
    title: `Rename ${container.name}`,
    value: container.name,
    validateInput: (text) =>
      /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text.trim())
        ? undefined
        : 'Letters, digits, “_”, “.” and “-”, at least two, a letter or digit in front.',
    ignoreFocusOut: true,
  });
  if (name === undefined || name.trim() === container.name) return;
  await renameContainer(await services.engine.connect(), container.id, name.trim());
};

export const commitContainerCommand: ViewCommand = async (selection, services) => {
  const [container] = (await pickContainers(selection, services, 'Commit to Image')) ?? [];
  if (container === undefined) return;
  const reference = await vscode.window.showInputBox({
    title: `Commit ${container.name} to an Image`,
    prompt: 'Reference of the new image. It keeps the files, but not the steps that made them: a Dockerfile does.',
    value: `${container.name.toLowerCase()}:committed`,
    validateInput: (text) => {
      const parsed = parseReference(text.trim());
      return parsed.ok ? undefined : parsed.problem;
    },
    ignoreFocusOut: true,
  });
  if (reference === undefined) return;
  const connection = await services.engine.connect();
  await forEachItem('Committing', [container], async ({ id }, signal) => {
    await commitContainer(connection, id, reference.trim(), { signal });
  });
};

export const removeContainerCommand: ViewCommand = async (selection, services) => {
  const containers = await pickContainers(selection, services, 'Remove Container');
  if (containers === undefined || containers.length === 0) return;
  await removeAfterYes(containers, 'Removing containers', await services.engine.connect());
};

export const pruneContainersCommand: ViewCommand = async (_selection, services) => {
  const connection = await services.engine.connect();
  const containers = (await listContainers(connection)).filter(({ state }) => stopped.includes(state));
  if (containers.length === 0) {
    void vscode.window.showInformationMessage('There is no stopped container.');
    return;
  }
  await removeAfterYes(containers, 'Removing stopped containers', connection);
};

async function removeAfterYes(
  containers: readonly ContainerSummary[],
  title: string,
  connection: EngineConnection,
): Promise<void> {
  const running = containers.filter(({ state }) => alive.includes(state));
  const sizes = await sizesOf(containers.slice(0, mostNamed), connection);
  const lost = containers.map(({ id, name, image, state, created }) => {
    const size = sizes.get(id);
    const written = size === undefined ? [] : [`${formatSize(size)} written inside`];
    return `${name} (${[image, state, formatAge(created), ...written].join(', ')})`;
  });
  const verb = running.length === 0 ? 'Remove' : 'Stop and Remove';
  const note = `Files that were written inside are lost, and so is the log. Mounted folders and volumes stay.${
    running.length === 0 ? '' : ` ${counted(running.length, 'container')} will be stopped first.`
  }`;
  if (!(await confirmLoss(`${verb} ${counted(containers.length, 'container')}?`, lost, verb, note))) return;
  await forEachItem(title, containers, async ({ id, state }, signal) => {
    if (alive.includes(state)) await stopContainer(connection, id, signal);
    await deleteContainer(connection, id, signal);
  });
}

/** What was written inside, in bytes by identifiers: asked only for those that are named, for it is costly. */
async function sizesOf(
  containers: readonly ContainerSummary[],
  connection: EngineConnection,
): Promise<ReadonlyMap<string, number>> {
  const sizes = await Promise.all(
    containers.map(async ({ id }) => {
      try {
        return [id, await containerSize(connection, id)] as const;
      } catch {
        // Not known, or gone meanwhile: the removal itself says so.
        return [id, undefined] as const;
      }
    }),
  );
  return new Map(sizes.flatMap(([id, size]) => (size === undefined ? [] : [[id, size]])));
}
