import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCaseBlind, TakenNames } from '../../../src/run/taken-names.js';

describe('names that differ in case only', () => {
  it('are told apart by a file system, or are not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'names-'));
    try {
      const file = join(folder, 'name');
      await writeFile(file, '');
      // What the system itself says: a file that may not be there yet is there already.
      const isBlind = await writeFile(join(folder, 'NAME'), '', { flag: 'wx' }).then(
        () => false,
        () => true,
      );
      assert.equal(isCaseBlind(file), isBlind);
      assert.equal(isCaseBlind(join(folder, 'none')), false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are taken by the first', () => {
    const names = new TakenNames();
    assert.equal(names.take('a/Data.csv'), undefined);
    assert.equal(names.take('a/data.csv'), 'a/Data.csv');
    assert.equal(names.take('a/Data.csv'), undefined, 'the same once more');
    assert.equal(names.take('b/data.csv'), undefined);
    assert.equal(names.take('é'), undefined);
    assert.equal(names.take('é'.normalize('NFD')), 'é');
  });
});
