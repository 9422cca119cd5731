import { Failure } from '../../host/failure.js';
import { streamFailure } from '../connection.js';
import { notFound } from './archive.js';
import { type View } from './view.js';

/**
 * The content of a file, as the engine sends it; who stops reading ends the request. Rejects `file-not-found`, `not-a-file`; while it
 * is read `engine-lost`, `cancelled`.
 */
export async function readFile(view: View, path: string): Promise<AsyncIterable<Uint8Array>> {
  const { path: file, stat } = await view.follow(path);
  if (stat === undefined) throw notFound(path);
  const noFile = new Failure('not-a-file', `${path} is no file.`, 'Choose a file.');
  if (stat.kind !== 'file') throw noFile;
  const members = view.archive.members(file, view.signal);
  const failureOf = (error: unknown): Failure => streamFailure(error, view.connection, 'Reading the file', view.signal);
  const first = await members.next().catch((error: unknown) => {
    throw failureOf(error);
  });
  if (first.done === true) throw notFound(path);
  const { member, content } = first.value;
  if (member.kind !== 'file') {
    await members.return(undefined);
    throw noFile;
  }
  return contentOf(content, () => members.return(undefined), failureOf);
}

async function* contentOf(
  content: AsyncIterable<Uint8Array>,
  close: () => Promise<unknown>,
  failureOf: (error: unknown) => Failure,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw failureOf(error);
  } finally {
    await close();
  }
}
