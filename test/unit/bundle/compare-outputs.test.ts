import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compareOutputs, type OutputComparison, type OutputState } from '../../../src/bundle/compare-outputs.js';
import { writeZip, type ZipEntry } from '../../../src/bundle/write-zip.js';
import { failing } from '../failing.js';
import { zipOf } from './zip-samples.js';

const never = new AbortController().signal;
type Content = string | Buffer;
const shaOf = (content: Content): string => createHash('sha256').update(content).digest('hex');

describe('comparing the outputs of a run', () => {
  let root: string;
  let folder: string;
  let results: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'compare-'));
    folder = join(root, 'output');
    results = join(root, 'results.zip');
    await mkdir(folder);
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const record = async (recorded: Record<string, Content>): Promise<void> => {
    const entries = Object.entries(recorded).map(([path, content]): ZipEntry => ({
      name: `run-1/outputs/${path}`,
      source: { kind: 'bytes', bytes: Buffer.from(content) },
    }));
    await writeZip(results, entries, never);
  };
  const leave = async (found: Record<string, Content>): Promise<void> => {
    for (const [path, content] of Object.entries(found)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  };
  /** Compares with what a run recorded, all of which is in results.zip unless that is made otherwise. */
  const compare = (
    recorded: Record<string, Content>,
    found: Record<string, Content>,
    more: Partial<Parameters<typeof compareOutputs>[0]> = {},
  ): Promise<OutputComparison> =>
    compareOutputs({
      expected: Object.entries(recorded).map(([path, content]) => ({ path, sha256: shaOf(content) })),
      checksums: new Map(Object.entries(found).map(([path, content]) => [path, shaOf(content)])),
      ...{ folder, results, runFolder: 'run-1', signal: never },
      ...more,
    });
  const compareAll = async (
    recorded: Record<string, Content>,
    found: Record<string, Content>,
    more: Partial<Parameters<typeof compareOutputs>[0]> = {},
  ): Promise<OutputComparison> => {
    await record(recorded);
    await leave(found);
    return compare(recorded, found, more);
  };
  const stateOf = ({ outputs }: OutputComparison, wanted: string): OutputState | undefined => {
    const output = outputs.find(({ path }) => path === wanted);
    if (output === undefined) return undefined;
    return output;
  };
  const expectDiffers = (comparison: OutputComparison, path: string, says: RegExp, line?: number): void => {
    const state = stateOf(comparison, path);
    assert.ok(state?.kind === 'differs', JSON.stringify(state));
    assert.match(state.what, says);
    assert.equal(state.line, line);
  };

  it('tells for each expected output how it appears, and what nobody expects', async () => {
    const recorded = {
      same: 'a',
      'sub/größe.csv': 'x,0.5\n',
      'other.csv': 'x,0.5\ny,1\n',
      gone: 'a',
      'a.npy': '\u0000',
    };
    const found = {
      same: 'a',
      'sub/größe.csv': 'x,0.50000001\n',
      'other.csv': 'x,0.5\ny,2\n',
      'a.npy': '\u0001',
      z: '',
      b: '',
    };
    const comparison = await compareAll(recorded, found);
    assert.deepEqual(
      comparison.outputs.map(({ path, kind }) => [path, kind]),
      [
        ['same', 'identical'],
        ['sub/größe.csv', 'within'],
        ['other.csv', 'differs'],
        ['gone', 'missing'],
        ['a.npy', 'differs'],
      ],
    );
    assert.deepEqual(comparison.extra, ['b', 'z']);
    expectDiffers(comparison, 'other.csv', /^“2” instead of “1”$/, 2);
    expectDiffers(comparison, 'a.npy', /no text/);
    const within = stateOf(comparison, 'sub/größe.csv');
    assert.ok(within?.kind === 'within' && within.numbers === 1 && within.largest > 1e-8 && within.largest < 3e-8);
  });

  it('reads nothing where all is the same', async () => {
    const comparison = await compare(
      { a: 'x' },
      { a: 'x' },
      { folder: join(root, 'nowhere'), results: join(root, 'no.zip') },
    );
    assert.deepEqual(comparison.outputs, [{ path: 'a', kind: 'identical' }]);
  });

  it('compares bit for bit what is no text, on either side', async () => {
    const latin = Buffer.from('0.5 caf\u00e9', 'latin1');
    const comparison = await compareAll(
      { a: '0.5', b: latin, c: '0.5\u0000', d: '0.5' },
      { a: latin, b: '0.5', c: '0.50\u0000', d: '0.50' },
    );
    for (const path of ['a', 'b', 'c']) expectDiffers(comparison, path, /no text/);
    assert.equal(stateOf(comparison, 'd')?.kind, 'within');
  });

  it('compares bit for bit what is too large, on either side', async () => {
    const large = '0.5 '.repeat(2_100_000);
    const comparison = await compareAll({ a: '0.5', b: large }, { a: large, b: '0.5' });
    expectDiffers(comparison, 'a', /too large/);
    expectDiffers(comparison, 'b', /too large/);
  });

  it('takes the tolerance that it is given', async () => {
    const comparison = await compareAll({ a: '0.5' }, { a: '0.51' }, { tolerance: { relative: 0.1, absolute: 1e-12 } });
    assert.equal(stateOf(comparison, 'a')?.kind, 'within');
  });

  describe('differs without a line where the recorded content is not known', () => {
    const expectUnknown = async (
      says: RegExp,
      more: Partial<Parameters<typeof compareOutputs>[0]> = {},
    ): Promise<void> => {
      await leave({ a: '0.50' });
      const comparison = await compare({ a: '0.5', same: 'x' }, { a: '0.50', same: 'x' }, more);
      expectDiffers(comparison, 'a', says);
      assert.equal(stateOf(comparison, 'same')?.kind, 'identical');
    };
    it('as there is no results.zip', async () => {
      await expectUnknown(/does not have/, { results: undefined });
      await expectUnknown(/ENOENT/);
    });
    it('as nothing says which run it was', async () => {
      await record({ a: '0.5' });
      await expectUnknown(/does not have/, { runFolder: undefined });
      await expectUnknown(/does not have/, { runFolder: 'run-2' });
      await expectUnknown(/does not have/, { runFolder: '..' });
    });
    it('as it is another one', async () => {
      await record({ a: '0.500' });
      await expectUnknown(/has another/);
    });
    it('as it is a link', async () => {
      await writeZip(results, [{ name: 'run-1/outputs/a', source: { kind: 'link', target: '0.5' } }], never);
      await expectUnknown(/does not have/);
    });
    it('as the zip is damaged', async () => {
      await writeFile(results, 'nonsense');
      await expectUnknown(/results\.zip is damaged/);
    });
    it('as the content in the zip is damaged, which says nothing of the others', async () => {
      await writeFile(
        results,
        zipOf([
          { name: 'run-1/outputs/a', content: '0.5', claims: { crc: 1 } },
          { name: 'run-1/outputs/b', content: '0.5' },
        ]),
      );
      await leave({ a: '0.50', b: '0.50' });
      const comparison = await compare({ a: '0.5', b: '0.5' }, { a: '0.50', b: '0.50' });
      expectDiffers(comparison, 'a', /CRC-32/);
      assert.equal(stateOf(comparison, 'b')?.kind, 'within');
    });
  });

  it('never reads what the run did not leave', async () => {
    await writeFile(join(root, 'secret'), '0.50');
    await record({ a: '0.5' });
    const outside = await compare({ '../secret': '0.5' }, {});
    assert.deepEqual(outside.outputs, [{ path: '../secret', kind: 'missing' }]);
    if (process.platform === 'win32') return;
    await symlink(join(root, 'secret'), join(folder, 'a'));
    expectDiffers(await compare({ a: '0.5' }, { a: '0.50' }), 'a', /no file/);
  });

  it('says so where a file is gone or changed meanwhile', async () => {
    await record({ a: '0.5', b: '0.5' });
    await leave({ b: '0.500' });
    const comparison = await compare({ a: '0.5', b: '0.5' }, { a: '0.50', b: '0.50' });
    expectDiffers(comparison, 'a', /ENOENT/);
    expectDiffers(comparison, 'b', /changed/);
  });

  it('stops when it is cancelled, before or while it compares', async () => {
    await record({ a: '0.5' });
    await leave({ a: '0.50' });
    const rejects = (more: Partial<Parameters<typeof compareOutputs>[0]>): Promise<void> =>
      assert.rejects(compare({ a: '0.5' }, { a: '0.50' }, more), failing('cancelled'));
    await rejects({ signal: AbortSignal.abort() });
    await rejects({ signal: AbortSignal.abort(), results: undefined });
    const abort = new AbortController();
    const comparing = rejects({ signal: abort.signal });
    abort.abort();
    await comparing;
  });
});
