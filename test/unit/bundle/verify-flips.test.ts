import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check } from '../../../src/bundle/check.js';
import { checksumsFile } from '../../../src/bundle/checksums.js';
import { seeded } from './archive/seeded.js';
import { bundleNames, verifyFiles, writeSmallBundle } from './small-bundle.js';

const flips = 1000;
/** Bundles that are damaged and verified at the same time. */
const bundles = 4;

interface File {
  name: string;
  bytes: Buffer;
}

describe('a flipped bit in a bundle', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    await writeSmallBundle(folder);
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  /** The file whose line of the checksums has that byte. */
  const fileOfLine = (sums: Buffer, at: number): string => {
    const [line = ''] = sums.toString('latin1', at === 0 ? 0 : sums.lastIndexOf('\n', at - 1) + 1).split('\n');
    return line.slice(66);
  };
  const names = (checks: readonly Check[], what: string): boolean =>
    checks.some(({ state, message }) => state === 'failed' && message.includes(what));

  it('is not there in a bundle as it was written', async () => {
    const { ok, checks } = await verifyFiles(folder);
    assert.ok(ok, JSON.stringify(checks));
    assert.deepEqual(
      checks.map(({ id }) => id),
      ['checksums', 'archive:linux/arm64/v8', 'identity:linux/arm64/v8'],
    );
  });

  /** Flips the seed's bit in one of the files, and gives the name of that file once it is found. */
  async function flip(seed: number, place: string, files: readonly File[]): Promise<string> {
    const random = seeded(seed);
    const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    let at = random(size);
    const [file] = files.filter(({ bytes }, index) => {
      const start = files.slice(0, index).reduce((sum, other) => sum + other.bytes.length, 0);
      return start <= at && at < start + bytes.length;
    });
    assert.ok(file);
    const { name, bytes } = file;
    at -= files.slice(0, files.indexOf(file)).reduce((sum, other) => sum + other.bytes.length, 0);
    const bit = random(8);
    const what = `seed ${seed}: bit ${bit} of byte ${at} of ${name}`;
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
    await writeFile(join(place, name), damaged);
    const { ok, checks } = await verifyFiles(place);
    await writeFile(join(place, name), bytes);
    assert.ok(!ok, what);
    const isNamed =
      name === checksumsFile
        ? names(checks, checksumsFile) || names(checks, fileOfLine(bytes, at))
        : checks.some(({ id, state }) => id === `checksum:${name}` && state === 'failed');
    assert.ok(isNamed, `${what}: ${JSON.stringify(checks)}`);
    return name;
  }

  it(`is found and named, each of ${flips} anywhere in its files`, async function () {
    this.timeout(60_000);
    const files = await Promise.all(
      bundleNames.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
    );
    const hit = new Set<string>();
    let seed = 0;
    const work = Array.from({ length: bundles }, async (_, index) => {
      const place = join(folder, `copy-${index}`);
      await mkdir(place);
      for (const { name, bytes } of files) await writeFile(join(place, name), bytes);
      while (seed < flips) hit.add(await flip(++seed, place, files));
      assert.ok((await verifyFiles(place)).ok, 'nothing is left of the flips');
    });
    await Promise.all(work);
    assert.deepEqual([...hit].sort(), [...bundleNames].sort(), 'every file was hit');
  });
});
