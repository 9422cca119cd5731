import { type EngineConnection } from '../engine/connection.js';
import { restartContainer } from '../engine/container-operations.js';
import { listContainers } from '../engine/containers.js';
import { deleteNetwork, inspectNetwork, listNetworks } from '../engine/networks.js';
import { deleteVolume } from '../engine/volume-operations.js';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { dependentGroups, withRestarted } from './dependents-first.js';
import { takenOverLabel } from './labels.js';
import { observe, type ProjectContainer } from './observed.js';
import { removeStopped, stopIfRunning } from './stop-and-remove.js';

/** What was removed, by name. */
export interface Removed {
  containers: string[];
  networks: string[];
  volumes: string[];
  /** What stays, since others use it. */
  kept: Kept[];
}

interface Kept {
  kind: 'network' | 'volume';
  name: string;
  /** Names of containers that are not the project's. */
  users: string[];
}

/**
 * Stops and removes what is a project's by its labels, and nothing else: containers, those that depend on others first, then
 * networks, and volumes only where that is asked for. External networks and volumes have no such label; what others use stays. It can
 * be called again where it was interrupted.
 *
 * @param options `services` removes only the containers of these, and networks and volumes stay then; `except` has identifiers of
 * containers that stay: those of another folder's application of the same name
 */
export async function composeDown(
  connection: EngineConnection,
  project: string,
  options: { services?: readonly string[] | undefined; except?: readonly string[] | undefined; volumes: boolean },
  { signal, onProgress }: Work,
): Promise<Removed> {
  const observed = await observe(connection, project, signal);
  const { services = [], except = [], volumes: withVolumes } = options;
  const isPart = services.length > 0;
  const isMeant = ({ service, container }: ProjectContainer): boolean =>
    (!isPart || services.includes(service)) && !except.includes(container.id);
  const removed: Removed = { containers: [], networks: [], volumes: [], kept: [] };
  for (const whole of dependentGroups(observed.containers)) {
    const group = whole.filter(isMeant);
    await allOf(group, async ({ container }) => {
      onProgress({ message: `Stopping ${container.name}` });
      await stopIfRunning(connection, container, signal);
      onProgress({ message: `Removing ${container.name}` });
      await removeStopped(connection, container.id, signal, withVolumes ? 'anonymous' : undefined);
    });
    removed.containers.push(...group.map(({ container }) => container.name));
  }
  if (withVolumes) {
    const names = observed.containers
      .filter(isMeant)
      .flatMap(({ container }) => (container.labels[takenOverLabel] ?? '').split(','))
      .filter((name) => name !== '');
    for (const name of new Set(names)) await removeVolume(connection, name, signal);
  }
  if (isPart) return removed;
  for (const { id, name } of observed.networks) {
    onProgress({ message: `Removing the network ${name}` });
    const users = await removeNetwork(connection, id, signal);
    if (users.length === 0) removed.networks.push(name);
    else removed.kept.push({ kind: 'network', name, users });
  }
  if (!withVolumes) return removed;
  for (const { name } of observed.volumes) {
    onProgress({ message: `Removing the volume ${name}` });
    const users = await removeVolume(connection, name, signal);
    if (users.length === 0) removed.volumes.push(name);
    else removed.kept.push({ kind: 'volume', name, users });
  }
  return removed;
}

/** Resolves to the names of those that keep it from being removed; somebody else may have removed it. */
async function removeNetwork(connection: EngineConnection, id: string, signal: AbortSignal): Promise<string[]> {
  try {
    const { containers: users } = await inspectNetwork(connection, id, signal);
    if (users.length > 0) return users.map(({ name }) => name);
    await deleteNetwork(connection, id, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const isThere = (await listNetworks(connection, signal)).some((network) => network.id === id);
    if (isThere) throw error;
  }
  return [];
}

/** As `removeNetwork`. */
async function removeVolume(connection: EngineConnection, name: string, signal: AbortSignal): Promise<string[]> {
  try {
    await deleteVolume(connection, name, signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.reason === 'volume-in-use') {
      const users = (await listContainers(connection, signal)).filter(({ mounts }) =>
        mounts.some((mount) => mount.type === 'volume' && mount.name === name),
      );
      return users.length === 0 ? ['another container'] : users.map((user) => user.name);
    }
    if (error.reason !== 'volume-not-found') throw error;
  }
  return [];
}

/**
 * Restarts a project's containers, those that others depend on first. Resolves to the names of their services.
 *
 * @param options.services only these, and those that the files say are restarted after them; all where undefined or empty
 * @param options.except identifiers of containers that are left alone
 */
export async function composeRestart(
  connection: EngineConnection,
  project: string,
  { services, except = [] }: { services?: readonly string[] | undefined; except?: readonly string[] },
  { signal, onProgress }: Work,
): Promise<string[]> {
  const observed = await observe(connection, project, signal);
  const containers = observed.containers.filter(({ container }) => !except.includes(container.id));
  const wanted = services === undefined || services.length === 0 ? undefined : withRestarted(containers, services);
  const restarted = new Set<string>();
  for (const whole of dependentGroups(containers).reverse()) {
    const group = whole.filter(({ service, isOneOff }) => !isOneOff && (wanted === undefined || wanted.has(service)));
    await allOf(group, async ({ container }) => {
      onProgress({ message: `Restarting ${container.name}` });
      await restartContainer(connection, container.id, signal);
    });
    for (const { service } of group) restarted.add(service);
  }
  return [...restarted];
}

/** At the same time; rejects with the first failure when none is at work any more. */
async function allOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const running = items.map(work);
  await Promise.allSettled(running);
  await Promise.all(running);
}
