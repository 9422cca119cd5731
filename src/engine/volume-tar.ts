import { type Readable } from 'node:stream';
import { Failure } from '../host/failure.js';
import { decompress } from './saved-image/decompress.js';
import { bytesOf } from './saved-image/tar-entries.js';
import { type ReadMember, readTar, type TarFault } from './tar/read-tar.js';
import { renamed, tarEnd } from './tar/write-tar.js';
import { checkedPaths } from './tar-paths.js';

/**
 * The members of a tar of a volume. Rejects `archive-damaged` where it is no tar or has no end, `archive-unsupported` for kinds of
 * members that engines do not unpack, and with the source's own error.
 */
export async function* tarMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<ReadMember> {
  for await (const member of readTar(source, damaged)) {
    if (!/[0-6]/.test(member.type)) throw unsupported();
    yield member;
  }
}

/**
 * A tar that an engine makes of a volume, as it is. Rejects `sources-changed` for one that the engine could not finish because a file
 * became shorter: it does not say so, and its answer ends like any other.
 *
 * @param count told the bytes of each piece
 */
export async function* wholeTar(
  source: AsyncIterable<Uint8Array>,
  volume: string,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const { raw, filled } of tarMembers(source)) {
      for (const block of raw) {
        count(block.length);
        yield block;
      }
      for await (const chunk of filled) {
        count(chunk.length);
        yield chunk;
      }
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'archive-damaged') throw error;
    throw new Failure(
      'sources-changed',
      `A file in the volume ${volume} became shorter while it was read.`,
      'Stop the containers that write to the volume, then try again.',
      { cause: error },
    );
  }
  yield tarEnd;
}

/**
 * The members of a tar in a file, compressed with gzip or zstd or not; rejects as `decompress`, `tarMembers` and `checkedPaths`.
 *
 * @param count told the bytes of each piece of the file
 */
export function membersIn(file: Readable, count: (bytes: number) => void): AsyncGenerator<ReadMember> {
  return checkedPaths(tarMembers(uncompressed(counted(bytesOf(file), count))));
}

/**
 * A tar of these members with names that begin with a prefix, `volume/`, in place of `./` or of the folder that they are in: hard
 * links, too, which lead to members.
 */
export async function* below(
  prefix: string,
  members: AsyncIterable<ReadMember>,
  folder = '.',
): AsyncGenerator<Uint8Array> {
  const inFolder = (path: string): string => {
    let inside = path;
    while (inside.startsWith(`${folder}/`)) inside = inside.slice(folder.length + 1);
    return prefix + (inside === folder ? '' : inside);
  };
  for await (const member of members) {
    yield* renamed(
      member,
      inFolder(member.name),
      member.kind === 'hard-link' ? inFolder(member.target) : member.target,
    );
    yield* member.filled;
  }
  yield tarEnd;
}

/** For those who want to know how many bytes there were so far. */
export function summed(onBytes: ((bytes: number) => void) | undefined): (bytes: number) => void {
  let sum = 0;
  return (bytes) => {
    sum += bytes;
    onBytes?.(sum);
  };
}

async function* uncompressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* decompress(source);
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'archive-unsupported') throw error;
    throw new Failure(
      'archive-unsupported',
      'The file is compressed with zstd, which this VS Code cannot read.',
      'Compress it with gzip, or update VS Code.',
      { cause: error },
    );
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    count(chunk.length);
    yield chunk;
  }
}

const whatIsWrong: Record<TarFault, string> = {
  header: 'a header is none',
  'cut-off': 'it breaks off',
  'large-description': 'a header is larger than any',
  description: 'an extended header cannot be read',
  size: 'a member has no readable size',
  number: 'a number in a header cannot be read',
};

function damaged(fault: TarFault): Failure {
  return new Failure(
    'archive-damaged',
    `The file is no whole tar: ${whatIsWrong[fault]}.`,
    'Fetch or make it again, as a tar that is not compressed, or compressed with gzip or zstd.',
  );
}

function unsupported(): Failure {
  return new Failure(
    'archive-unsupported',
    'The tar has members of a kind that engines do not unpack, such as files with holes.',
    'Make it again without --sparse, or in the format of POSIX (tar --format=posix).',
  );
}
