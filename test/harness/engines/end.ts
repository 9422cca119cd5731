import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, succeeds } from '../machine/commands.js';
import { identify, isRunning, signalProcess, type ProcessIdentity } from '../machine/processes.js';
import { waitFor } from '../machine/waiting.js';
import { askEngine } from './ask.js';
import { stopRegistry } from './registry.js';
import { engineState, readRecord, removeRecord, type EngineName } from './state.js';

const GRACE_MS = 20_000;
const GONE_WITHIN_MS = 10_000;

/**
 * Ends the engine, its containers and all else in its namespaces, and removes what it leaves on this machine besides
 * its data. Answers whether it was running.
 *
 * @throws Error when something of it does not go away.
 */
export async function endEngine(name: EngineName, link: string): Promise<boolean> {
  const init = await findInit(name);
  await stopRegistry(name);
  if (init !== undefined) {
    await endContainers(join(engineState(name), 'docker.sock'));
    await signalProcess(init, 'SIGTERM');
    const isGone = async (): Promise<boolean> => !(await isRunning(init));
    try {
      await waitFor(`engine ${name} to end`, isGone, { within: GRACE_MS });
    } catch {
      // The end of a pid namespace's init is the end of all that runs in it.
      await signalProcess(init, 'SIGKILL');
      await waitFor(`engine ${name} to end`, isGone, { within: GONE_WITHIN_MS });
    }
  }
  await removeLink(link);
  await unmountBelow(engineState(name));
  await removeRecord(name);
  await rm(join(engineState(name), 'docker.sock'), { force: true });
  await rm(join(engineState(name), 'init.pid'), { force: true });
  return init !== undefined;
}

async function findInit(name: EngineName): Promise<ProcessIdentity | undefined> {
  const record = await readRecord(name);
  if (record !== undefined) return (await isRunning(record)) ? record : undefined;
  // Without a record the start was interrupted; the pid alone may be someone else's by now.
  const pid = await readFile(join(engineState(name), 'init.pid'), 'utf8').catch(() => '');
  if (!/^\d+\s*$/.test(pid)) return undefined;
  const command = await readFile(`/proc/${pid.trim()}/cmdline`, 'utf8').catch(() => '');
  return command.includes(engineState(name)) ? identify(Number(pid)) : undefined;
}

// A stopping engine gives each container ten seconds to react; those of tests have nothing to save.
async function endContainers(socket: string): Promise<void> {
  try {
    const listed: unknown = JSON.parse(await askEngine(socket, '/containers/json'));
    const ids = Array.isArray(listed) ? listed.map((entry: { Id?: unknown }) => entry.Id) : [];
    const kill = (id: unknown): Promise<string> =>
      askEngine(socket, `/containers/${String(id)}/kill`, { method: 'POST' });
    await Promise.allSettled(ids.map(kill));
  } catch {
    // An engine that does not answer is ended all the same.
  }
}

async function removeLink(link: string): Promise<void> {
  const isGone = async (): Promise<boolean> => !(await succeeds(['ip', 'link', 'show', link]));
  if (await isGone()) return;
  await succeeds(['ip', 'link', 'delete', link]);
  await waitFor(`the network link ${link} to go away`, isGone, { within: GONE_WITHIN_MS });
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const paths = mounts.split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const path of paths.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await runCommand(['umount', '--lazy', path]);
  }
}
