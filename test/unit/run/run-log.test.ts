import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunLog } from '../../../src/run/run-log.js';

/** Lines that are told apart. */
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('');

describe('the log of a run', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'run-log-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const file = (): string => join(folder, 'run.log');
  const write = async (log: RunLog, text: string): Promise<void> => {
    const data = Buffer.from(text);
    for (let at = 0; at < data.length; at += 700) await log.write(data.subarray(at, at + 700), 'stdout');
    const end = await log.end();
    const content = await readFile(file());
    const sha256 = createHash('sha256').update(content).digest('hex');
    assert.deepEqual(end, { size: content.length, sha256 });
  };

  it('is no file where nothing was printed', async () => {
    assert.equal(await (await RunLog.begin(file())).end(), undefined);
    await assert.rejects(readFile(file()));
  });

  const cases: [what: string, before: string, said: string, after: string][] = [
    ['from its start', lines(0, 10), lines(0, 20), lines(0, 20)],
    ['a long one from its start', lines(0, 3000), lines(0, 4000), lines(0, 4000)],
    ['one that was cut within a line', `${lines(0, 10)}lin`, lines(0, 20), lines(0, 20)],
    ['one whose beginning the engine forgot', lines(0, 3000), lines(2000, 4000), lines(0, 4000)],
    ['one of which the engine has little', lines(0, 3000), lines(2990, 3010), lines(0, 3010)],
    ['one whose last line the engine begins with', lines(0, 20), lines(19, 30), lines(0, 30)],
    ['one that the engine has nothing of any more', lines(0, 20), lines(50, 60), lines(0, 20) + lines(50, 60)],
    ['one after which nothing is said', lines(0, 20), '', lines(0, 20)],
    ['the same line over and over', 'x\n'.repeat(5000), 'x\n'.repeat(6000), 'x\n'.repeat(6000)],
    ['one that does not exist', '', lines(0, 5), lines(0, 5)],
  ];
  for (const [what, before, said, after] of cases) {
    it(`is gone on with: ${what}`, async () => {
      if (before !== '') await writeFile(file(), before);
      await write(await RunLog.pickUp(file()), said);
      assert.equal(await readFile(file(), 'utf8'), after);
    });
  }

  it('is found across the pieces that it is read in', async () => {
    const before = lines(0, 200_000);
    await writeFile(file(), before);
    const from = before.indexOf('line', (1 << 20) - 30);
    await write(await RunLog.pickUp(file()), before.slice(from) + lines(200_000, 200_001));
    assert.equal(await readFile(file(), 'utf8'), lines(0, 200_001));
  });
});
