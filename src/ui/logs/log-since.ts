import { type EngineConnection } from '../../engine/connection.js';
import { inspectContainer } from '../../engine/containers.js';
import { engineTime } from '../../engine/log-position.js';
import { type Period } from './log-messages.js';

const minutes = 60_000;
const lengths = { minutes: 10 * minutes, hour: 60 * minutes, day: 1440 * minutes };

/** From when on a container's log is wanted, as the engine takes it; undefined for all of it. */
export async function sinceOf(
  connection: EngineConnection,
  container: string,
  period: Period,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (period === 'all') return undefined;
  if (period !== 'start') return engineTime(Date.now() - lengths[period]);
  const { started } = await inspectContainer(connection, container, signal);
  // The year 1 stands for never.
  return Date.parse(started) > 0 ? engineTime(Date.parse(started)) : undefined;
}
