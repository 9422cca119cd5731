import { type Engine } from '../../engine/engine.js';
import { type Place } from '../../engine/inside/place.js';
import { Failure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { requireTrust } from '../trust.js';
import { InsidePlaces, type OpenedPlace } from './inside-places.js';
import { PlaceFiles } from './place-files.js';

/** Makes what looks inside the places of the engine in use, without asking anything of an engine yet. */
export function createPlaceFiles(engine: Engine, log: Log): { files: PlaceFiles; dispose(): void } {
  const places = new InsidePlaces((place, signal) => openPlace(engine, place, log, signal), log);
  const files = new PlaceFiles(places, log);
  let used = '';
  const following = engine.onChange(() => {
    const { state } = engine;
    // One that is lost and found again is the same: each way in notices by itself whether it can be used on.
    if (state.kind !== 'connected' && state.kind !== 'idle') return;
    const now = state.kind === 'connected' ? `${state.endpoint.name} ${state.endpoint.host}` : '';
    if (used !== '' && now !== used) void files.leaveAll();
    used = now;
  });
  return {
    files,
    dispose: () => {
      following.dispose();
      void files.leaveAll();
    },
  };
}

/** Over a connection of its own: what was made can still be removed when another engine is in use. */
async function openPlace(engine: Engine, place: Place, log: Log, signal: AbortSignal): Promise<OpenedPlace> {
  // Looking inside may run programs.
  requireTrust();
  const { openInside } = await import('../../engine/inside/open-inside.js');
  await engine.connect();
  const { state } = engine;
  if (state.kind !== 'connected') {
    throw new Failure('engine-lost', 'The engine was lost while it was asked.', 'Look again when it is there.');
  }
  const connection = await engine.connectTo(state.endpoint.name, signal);
  try {
    const inside = await openInside(connection, place, log, signal);
    const close = async (): Promise<void> => {
      try {
        await inside.dispose();
      } finally {
        connection.dispose();
      }
    };
    return { inside, close };
  } catch (error) {
    connection.dispose();
    throw error;
  }
}
