import { Readable } from 'node:stream';
import { type Header, pack, type Pack } from 'tar-stream';
import * as v from 'valibot';
import { decompress } from '../../engine/saved-image/decompress.js';
import { tagAnnotations } from './layout.js';
import { bytesOf, collect, tarEntries, type TarEntry } from '../../engine/saved-image/tar-entries.js';

const dockerManifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.looseObject({ RepoTags: v.nullish(v.array(v.string())) })),
);
const ociIndex = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ manifests: v.array(v.looseObject({ annotations: v.nullish(v.record(v.string(), v.string())) })) }),
);

/** The archive as an uncompressed tar that brings back another tag: layers and configuration stay as they are. */
export async function* retagArchive(source: AsyncIterable<Uint8Array>, tag: string): AsyncGenerator<Uint8Array> {
  const output = pack();
  const copying = copyEntries(tarEntries(decompress(source)), output, tag).catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    yield* bytesOf(output);
    await copying;
  } finally {
    output.destroy();
  }
}

async function copyEntries(entries: AsyncIterable<TarEntry>, output: Pack, tag: string): Promise<void> {
  for await (const { header, content } of entries) {
    if (header.name === 'manifest.json') await writeEntry(output, header, retagManifest(await textOf(content), tag));
    else if (header.name === 'index.json') await writeEntry(output, header, retagIndex(await textOf(content), tag));
    else if (header.name === 'repositories') continue;
    else if (header.type === 'file') await copyFile(content, output, header);
    else await writeEntry(output, header, '');
  }
  output.finalize();
}

function retagManifest(text: string, tag: string): string {
  return JSON.stringify(v.parse(dockerManifest, text).map((image) => ({ ...image, RepoTags: [tag] })));
}

function retagIndex(text: string, tag: string): string {
  const index = v.parse(ociIndex, text);
  const annotations = tagAnnotations(tag);
  return JSON.stringify({
    ...index,
    manifests: index.manifests.map((manifest) => ({
      ...manifest,
      annotations: { ...manifest.annotations, ...annotations },
    })),
  });
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  return (await collect(content)).toString('utf8');
}

function writeEntry(output: Pack, header: Header, content: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.entry({ ...header, size: Buffer.byteLength(content) }, content, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

async function copyFile(content: AsyncIterable<Uint8Array>, output: Pack, header: Header): Promise<void> {
  const written = new Promise<void>((resolve, reject) => {
    const sink = output.entry(header, (error) => {
      if (error) reject(error);
      else resolve();
    });
    sink.once('error', reject);
    Readable.from(content, { objectMode: false }).once('error', reject).pipe(sink);
  });
  await written;
}
