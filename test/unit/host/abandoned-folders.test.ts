import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { markFile, noteUnfinished, removeAbandoned, removeMarked } from '../../../src/host/abandoned-folders.js';
import { processMark } from '../../../src/host/process-mark.js';

const dead = `999999999 1 ${hostname()}`;

describe('folders that a process left unfinished', () => {
  let base: string;
  let notes: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'abandoned-'));
    notes = join(base, 'notes');
  });
  afterEach(async () => {
    await rm(base, { recursive: true });
  });
  const abandon = async (folder: string, mark: string): Promise<string> => {
    const path = join(base, folder);
    await mkdir(path, { recursive: true });
    await mkdir(notes, { recursive: true });
    await writeFile(join(notes, `${folder}.json`), JSON.stringify({ folder: path, mark }));
    return path;
  };

  it('are removed when it is dead, and stay while it lives or is elsewhere', async () => {
    const gone = await abandon('.bundle.partial-aB3xyz', dead);
    await abandon('.other.partial-aB3xyz', `1 1 not-${hostname()}`);
    await mkdir(join(base, '.mine.partial-aB3xyz'));
    const { forget } = await noteUnfinished(notes, join(base, '.mine.partial-aB3xyz'));
    assert.deepEqual(await removeAbandoned(notes), [gone]);
    assert.deepEqual((await readdir(base)).sort(), ['.mine.partial-aB3xyz', '.other.partial-aB3xyz', 'notes']);
    await forget();
    assert.equal((await readdir(notes)).length, 1);
  });

  it('are never others than our own, whatever a note says', async () => {
    await abandon('precious', dead);
    await abandon('.partial-folder', dead);
    await writeFile(join(notes, 'broken.json'), '{');
    assert.deepEqual(await removeAbandoned(notes), []);
    assert.deepEqual((await readdir(base)).sort(), ['.partial-folder', 'notes', 'precious']);
    assert.deepEqual(await readdir(notes), []);
  });

  it('are found by the mark in them', async () => {
    for (const [name, mark] of [
      ['spool-a', dead],
      ['spool-b', processMark()],
      ['other', dead],
    ] as const) {
      await mkdir(join(base, name));
      await writeFile(join(base, name, markFile), mark);
    }
    await mkdir(join(base, 'spool-unmarked'));
    await removeMarked(base, 'spool-');
    assert.deepEqual((await readdir(base)).sort(), ['other', 'spool-b', 'spool-unmarked']);
    await removeMarked(join(base, 'none'), 'spool-');
  });
});
