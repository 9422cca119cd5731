import * as v from 'valibot';
import { type EngineConnection, streamFailure } from './connection.js';
import { readJsonLines } from './json.js';

const eventLine = v.object({
  Type: v.string(),
  Action: v.string(),
  Actor: v.optional(v.object({ ID: v.string() })),
});

export interface EngineEvent {
  /** `image`, `container`, `volume`, … */
  type: string;
  /** `create`, `destroy`, `tag`, … */
  action: string;
  id: string;
}

/**
 * The engine's events from now on, until the signal is raised. Ends or rejects when the connection is lost.
 *
 * `onOpen` is called when the engine has begun to listen: what is listed after it misses nothing.
 */
export async function* engineEvents(
  connection: EngineConnection,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<EngineEvent> {
  const stream = await connection.stream({
    method: 'GET',
    path: '/events',
    query: { filters: JSON.stringify({ type: ['image', 'container', 'volume'] }) },
    signal,
  });
  onOpen();
  try {
    for await (const line of readJsonLines(stream)) {
      const event = line.ok ? v.safeParse(eventLine, line.value) : undefined;
      if (event?.success === true) {
        const { Type: type, Action: action, Actor: actor } = event.output;
        yield { type, action, id: actor?.ID ?? '' };
      }
    }
  } catch (error) {
    throw streamFailure(error, connection, 'Listening to the engine', signal);
  } finally {
    stream.destroy();
  }
}
