import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type EngineConnection } from './connection.js';
import { deleteImage } from './image-operations.js';
import { helperLabels } from './leftovers.js';
import { refusalToFailure } from './refusal.js';

/** A tar without members: nothing but the two blocks of its end. */
const emptyTar = Buffer.alloc(1024);

/** An image without any file. Podman gives it no reference. */
export interface EmptyImage {
  id: string;
  reference: string;
}

const repository = 'research-containers-carrier';

/**
 * Makes an image without any file, for containers that are never started. Each caller has one of its own: one that several share
 * would be removed by one of them while another one begins.
 */
export async function makeEmptyImage(connection: EngineConnection): Promise<EmptyImage> {
  const tag = randomBytes(6).toString('hex');
  const labels = Object.entries(helperLabels()).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`);
  // To its end: of one that is given up nobody would know whether it was made.
  const answer = await connection.request({
    method: 'POST',
    path: '/images/create',
    query: { fromSrc: '-', repo: repository, tag, changes: labels.join('\n') },
    upload: Readable.from([emptyTar]),
  });
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const id = /"status":"(sha256:[0-9a-f]{64})/.exec(text)?.[1];
  if (id === undefined) throw refusalToFailure({ status: 200, text });
  return { id, reference: `${repository}:${tag}` };
}

/** Removes it once no container is made of it. An engine that is gone was told of already. */
export async function dropEmptyImage(connection: EngineConnection, { id, reference }: EmptyImage): Promise<void> {
  try {
    await deleteImage(connection, reference);
  } catch {
    await deleteImage(connection, id).catch(() => undefined);
  }
}
