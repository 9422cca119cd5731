import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { type TarMember } from '../../../../src/engine/tar/read-tar.js';
import { tarEnd, tarHeader, tarPadding } from '../../../../src/engine/tar/write-tar.js';

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

type Add = (header: Parameters<ReturnType<typeof pack>['entry']>[0], content?: string) => void;

/** A tar of another writer. */
export async function packed(fill: (add: Add) => void): Promise<Buffer> {
  const tar = pack();
  fill((header, content) => {
    tar.entry(header, content ?? '');
  });
  tar.finalize();
  return buffer(tar);
}

/** A header of which one field says something else. */
export function altered(header: Buffer, text: string, at: number): Buffer {
  const block = Buffer.from(header);
  block.write(text, at, 'latin1');
  const sum = block
    .subarray(0, 512)
    .reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
