import { type EngineConnection } from './connection.js';
import { imagePath } from './images.js';

/** All that the engine says of a thing, as it says it: for showing, not for reading. Rejects when it is not there. */
export function inspectRaw(
  connection: EngineConnection,
  kind: 'image' | 'container' | 'volume',
  id: string,
  signal?: AbortSignal,
): Promise<unknown> {
  return connection.request({ method: 'GET', path: pathOf(kind, id), signal });
}

function pathOf(kind: 'image' | 'container' | 'volume', id: string): string {
  switch (kind) {
    case 'image':
      return `/images/${imagePath(id)}/json`;
    case 'container':
      return `/containers/${encodeURIComponent(id)}/json`;
    case 'volume':
      return `/volumes/${encodeURIComponent(id)}`;
  }
}
