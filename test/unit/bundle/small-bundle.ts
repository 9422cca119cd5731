import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ArchiveResult, writeArchive } from '../../../src/bundle/archive/write-archive.js';
import { checksumsFile, formatChecksums } from '../../../src/bundle/checksums.js';
import { descriptionFile, formatDescription } from '../../../src/bundle/description.js';
import { verifyBundle, type VerifyResult } from '../../../src/bundle/verify-bundle.js';
import { imageOf, stores, tarOf, type TestImage } from './archive/saved-images.js';

export const archiveName = 'image-linux-arm64.tar.gz';

/** The names of a small bundle's files, `SHA256SUMS` last. */
export const bundleNames = [archiveName, 'README.md', 'results.zip', 'source.zip', descriptionFile, checksumsFile];

export const smallImage = async (text: string): Promise<TestImage> =>
  imageOf([
    await tarOf([{ name: 'etc/motd', content: Buffer.from(text) }]),
    await tarOf([{ name: 'empty', content: Buffer.alloc(0) }]),
  ]);

const signal = new AbortController().signal;

/** Writes a bundle of a few kilobytes. */
export async function writeSmallBundle(folder: string): Promise<void> {
  const archive = await writeImage(folder, await smallImage('Welcome'));
  const contents: Record<string, string> = {
    'README.md': '# A study\n\nHow to run it.\n',
    'results.zip': 'PK\u0003\u0004 results',
    'source.zip': 'PK\u0003\u0004 sources',
  };
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  await describeImage(folder, archive);
  await writeSums(folder);
}

/** Writes the archive of an image as the bundle's. */
export async function writeImage(folder: string, image: TestImage): Promise<ArchiveResult> {
  const saved = (await stores['Engine 28']?.(image)) ?? Buffer.alloc(0);
  const source = async function* (): AsyncGenerator<Buffer> {
    yield await Promise.resolve(saved);
  };
  const file = join(folder, archiveName);
  return writeArchive(source(), { tag: 'study:1.0', file, compression: 'gzip', signal, onProgress: () => undefined });
}

/** Writes bundle.json for one image. */
export async function describeImage(
  folder: string,
  image: Omit<ArchiveResult, 'size' | 'sha256' | 'md5' | 'secrets'>,
): Promise<void> {
  const { platform, configDigest, manifestDigest, diffIds, tarSha256, tarSize: tarBytes, tag: reference } = image;
  const description = formatDescription({
    created: '2024-01-01T00:00:00.000Z',
    images: [
      {
        ...{ file: archiveName, reference, target: '/output', command: ['run'] },
        ...{ platform, configDigest, manifestDigest, diffIds, tarSha256, tarBytes },
      },
    ],
    engine: { version: '28.0.0', platform: 'linux/arm64', store: 'overlay2' },
    missing: ['license'],
  });
  await writeFile(join(folder, descriptionFile), description);
}

/** Writes the checksums of all files as they are. */
export async function writeSums(folder: string): Promise<void> {
  const names = bundleNames.filter((name) => name !== checksumsFile);
  const files = await Promise.all(
    names.map(async (name) => ({ name, sha256: sha256(await readFile(join(folder, name))) })),
  );
  await writeFile(join(folder, checksumsFile), formatChecksums(files));
}

/** Changes the tar in the bundle's archive, and gives its checksum. */
export async function rewriteTar(folder: string, change: (tar: Buffer) => Buffer): Promise<string> {
  const file = join(folder, archiveName);
  const tar = change(gunzipSync(await readFile(file)));
  await writeFile(file, gzipSync(tar));
  return sha256(tar);
}

/** Verifies a bundle without an engine. */
export function verifyFiles(folder: string): Promise<VerifyResult> {
  const none = (): never => {
    throw new Error('No engine is asked for.');
  };
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return verifyBundle(none, { folder, load: false }, silent, { signal, onProgress: () => undefined });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
