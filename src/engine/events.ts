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
  /** `create`, `destroy`, `tag`, …; some bring their details after a colon: `exec_create: sh`. */
  action: string;
  /** A container's or image's identifier, a volume's name; some events of images bring a reference. */
  id: string;
  /** When, by the engine's clock, as `since` takes it: seconds since 1970 with nine digits behind the point. */
  time: string | undefined;
}

interface EventOptions {
  /** Replays what happened from this time on (as in `EngineEvent.time`), as far back as the engine remembers. */
  since: string | undefined;
  /** Called when the engine has begun to answer. */
  onOpen: () => void;
  signal: AbortSignal;
}

/** The engine's events until the signal is raised. Ends or rejects when the connection is lost. */
export async function* engineEvents(
  connection: EngineConnection,
  { since, onOpen, signal }: EventOptions,
): AsyncGenerator<EngineEvent> {
  const stream = await connection.stream({
    method: 'GET',
    path: '/events',
    query: { filters: JSON.stringify({ type: ['image', 'container', 'volume'] }), since },
    signal,
  });
  onOpen();
  try {
    for await (const line of readJsonLines(stream)) {
      const event = line.ok ? v.safeParse(eventLine, line.value) : undefined;
      if (event?.success === true) {
        const { Type: type, Action: action, Actor: actor } = event.output;
        yield { type, action, id: actor?.ID ?? '', time: timeOf(line.text) };
      }
    }
  } catch (error) {
    throw streamFailure(error, connection, 'Listening to the engine', signal);
  } finally {
    stream.destroy();
  }
}

/** Read from the text: nanoseconds since 1970 are more than a number holds. */
function timeOf(text: string): string | undefined {
  const nanoseconds = /"timeNano":(\d{10,})/.exec(text)?.[1];
  return nanoseconds === undefined ? undefined : `${nanoseconds.slice(0, -9)}.${nanoseconds.slice(-9)}`;
}
