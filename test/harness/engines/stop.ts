import { rm } from 'node:fs/promises';
import { requireRoot, type Log } from '../machine/commands.js';
import { withLock } from '../machine/lock.js';
import { endEngine } from './end.js';
import { linkName } from './start.js';
import { engineData, engineState, type EngineName } from './state.js';

/**
 * Ends a test engine with all its containers and its registry, whichever process started it. Its images, stopped
 * containers and volumes are kept. Does nothing when it does not run.
 *
 * @throws Error when it cannot be ended, or this process is not root.
 */
export async function stopEngine(name: EngineName, options: { log: Log }): Promise<void> {
  requireRoot('Stopping a test engine');
  await withLock(`engine-${name}`, async () => {
    if (await endEngine(name, linkName(name))) options.log(`Engine ${name} is stopped.`);
  });
}

/**
 * Ends a test engine and removes everything it has stored.
 *
 * @throws Error when it cannot be ended, or this process is not root.
 */
export async function resetEngine(name: EngineName, options: { log: Log }): Promise<void> {
  await stopEngine(name, options);
  await withLock(`engine-${name}`, async () => {
    await rm(engineData(name), { recursive: true, force: true });
    await rm(engineState(name), { recursive: true, force: true });
  });
  options.log(`All that engine ${name} had stored is removed.`);
}
