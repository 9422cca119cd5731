import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Name of the file that lists the checksums of all others, as `sha256sum` writes it. */
export const checksumsFile = 'SHA256SUMS';

/** A file's size in bytes and its checksums in lower-case hex. */
export interface Checksums {
  size: number;
  sha256: string;
  md5: string;
}

/** A file of a bundle. */
export interface BundleFile extends Checksums {
  name: string;
}

const largestChunk = 1 << 20;

/** Reads a file once for its size, sha256 and md5 (which Zenodo answers with). */
export async function checksumsOf(
  file: string,
  signal: AbortSignal,
  onBytes: (count: number) => void = () => undefined,
): Promise<Checksums> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  let size = 0;
  // Of a small file, chunks that it does not fill would be garbage of a megabyte each.
  const highWaterMark = Math.min(largestChunk, (await stat(file)).size + 1);
  await pipeline(
    createReadStream(file, { highWaterMark }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        sha256.update(chunk);
        md5.update(chunk);
        size += chunk.length;
        onBytes(chunk.length);
      }
    },
    { signal },
  );
  return { size, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** The text of a SHA256SUMS file, sorted by name. */
export function formatChecksums(files: readonly { name: string; sha256: string }[]): string {
  return [...files]
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join('');
}

/** Reads a SHA256SUMS file; a line that is none of its lines comes back as `problem`. */
export function parseChecksums(text: string): ({ name: string; sha256: string } | { problem: string })[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, sha256, name] = /^([0-9a-f]{64}) [ *]([^/\\]+)$/.exec(line) ?? [];
      return sha256 === undefined || name === undefined || name === '.' || name === '..'
        ? { problem: line }
        : { name, sha256 };
    });
}
