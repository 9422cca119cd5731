import { IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import * as v from 'valibot';

/** What an engine says of a path in a container: of a link itself, not of what it leads to. */
interface SaidPath {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  size: number;
  /** RFC 3339, to the nanosecond where the file system has them. */
  modified: string;
}

const pathStat = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64').toString('utf8')),
  v.parseJson(),
  v.object({ mode: v.number(), size: v.number(), mtime: v.string() }),
);

/** Bits of Go's `os.FileMode`. */
const goMode = { folder: 0x80000000, link: 0x08000000, other: 0x04000000 | 0x02000000 | 0x01000000 | 0x00280000 };

/** What stands in the answer to a HEAD of `/containers/ID/archive`; undefined where that says nothing. */
export function saidPath(answer: Readable): SaidPath | undefined {
  const header = answer instanceof IncomingMessage ? answer.headers['x-docker-container-path-stat'] : undefined;
  const parsed = v.safeParse(pathStat, header);
  if (!parsed.success) return undefined;
  const { mode, size, mtime } = parsed.output;
  return { kind: kindOf(mode), size, modified: mtime };
}

function kindOf(mode: number): SaidPath['kind'] {
  if ((mode & goMode.folder) !== 0) return 'folder';
  if ((mode & goMode.link) !== 0) return 'link';
  return (mode & goMode.other) !== 0 ? 'other' : 'file';
}
