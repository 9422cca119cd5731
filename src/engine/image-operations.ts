import * as v from 'valibot';
import { type Work } from '../host/progress.js';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';
import { imagePath } from './images.js';

const historyAnswer = v.array(
  v.object({
    Id: v.string(),
    Created: v.number(),
    CreatedBy: v.string(),
    Size: v.number(),
    Comment: v.optional(v.string(), ''),
  }),
);

export interface ImageLayer {
  /** Milliseconds since 1970. */
  created: number;
  /** As a Dockerfile has it, or what else was recorded of how the layer came about; empty where nothing was. */
  instruction: string;
  /** Bytes; 0 for an instruction that only changes the configuration. */
  size: number;
}

/** How an image came about, the first instruction first; rejects `image-not-found`. */
export async function imageHistory(
  connection: EngineConnection,
  image: string,
  signal?: AbortSignal,
): Promise<ImageLayer[]> {
  const path = `/images/${imagePath(image)}/history`;
  const answer = readAnswer(historyAnswer, await connection.request({ method: 'GET', path, signal }));
  return answer
    .map(({ Created: created, CreatedBy: createdBy, Comment: comment, Size: size }) => ({
      created: Math.max(0, created * 1000),
      instruction: instructionOf(createdBy === '' ? comment : createdBy),
      size,
    }))
    .reverse();
}

/** What the builders write into the history, as the Dockerfile said it. */
export function instructionOf(createdBy: string): string {
  const text = createdBy.replace(/\s+# buildkit$/, '').trim();
  const plain = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(text)?.[1];
  if (plain !== undefined) return plain.trim();
  // The number of build arguments and their values come before the shell.
  const shell = /^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c (.*)$/s.exec(text)?.[1];
  return shell === undefined ? text : `RUN ${shell.trim()}`;
}

/** Gives an image another reference, which any other image loses; rejects `image-not-found`. */
export async function tagImage(
  connection: EngineConnection,
  image: string,
  reference: string,
  signal?: AbortSignal,
): Promise<void> {
  await connection.request({
    method: 'POST',
    path: `/images/${imagePath(image)}/tag`,
    query: repositoryAndTag(reference),
    signal,
  });
}

/**
 * Removes a reference, and the image with its last one. Rejects `image-not-found`, and `image-in-use` for what a
 * container is made of.
 */
export async function deleteImage(connection: EngineConnection, image: string, signal?: AbortSignal): Promise<void> {
  await connection.request({ method: 'DELETE', path: `/images/${imagePath(image)}`, signal });
}

const commitAnswer = v.object({ Id: v.string() });

/**
 * Makes an image of a container's files, and resolves to its identifier. The container stands still meanwhile. Rejects
 * `container-not-found`.
 */
export async function commitContainer(
  connection: EngineConnection,
  container: string,
  reference: string,
  { signal }: Pick<Work, 'signal'>,
): Promise<string> {
  const answer = await connection.request({
    method: 'POST',
    path: '/commit',
    query: {
      container,
      ...repositoryAndTag(reference),
      pause: true,
    },
    body: {},
    signal,
  });
  return readAnswer(commitAnswer, answer).Id;
}

function repositoryAndTag(reference: string): { repo: string; tag: string } {
  const at = reference.lastIndexOf(':');
  const hasTag = at > reference.lastIndexOf('/');
  return hasTag ? { repo: reference.slice(0, at), tag: reference.slice(at + 1) } : { repo: reference, tag: 'latest' };
}
