import { Failure, type Reason } from '../../../../src/host/failure.js';
import { type TarMember } from '../../../../src/engine/inside/tar-reader.js';
import { tarEnd, tarHeader, tarPadding } from '../../../../src/engine/inside/tar-writer.js';

/** For `assert.rejects`: a Failure with that reason. */
export function failing(reason: Reason, words = /./): (error: unknown) => boolean {
  return (error) => error instanceof Failure && error.reason === reason && words.test(error.message);
}

/** A member of a tar; a file with this content where nothing else is said. */
export type Sample = Partial<TarMember> & { name: string; content?: string };

export function tarOf(samples: readonly Sample[]): Buffer {
  return Buffer.concat([
    ...samples.map(({ content = '', ...sample }) => {
      const size = Buffer.byteLength(content);
      const member = { kind: 'file', size, modified: 0, mode: 0o644, uid: 0, gid: 0, target: '', ...sample } as const;
      return Buffer.concat([tarHeader(member), Buffer.from(content), tarPadding(size)]);
    }),
    tarEnd,
  ]);
}

export async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
