import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { measureContext } from '../../../src/build/context-size.js';

describe('the size of a build context', () => {
  it('is what .dockerignore leaves, with what takes most of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'size-'));
    try {
      const sizes = {
        'data/raw/a': 300,
        'data/raw/b': 200,
        'data/small': 5,
        'top.bin': 90,
        'src/main.py': 10,
        junk: 1000,
      };
      for (const [name, size] of Object.entries(sizes)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), Buffer.alloc(size));
      }
      await writeFile(join(folder, '.dockerignore'), 'junk\n.dockerignore\n');
      const size = await measureContext(folder, join(folder, 'Dockerfile'), new AbortController().signal);
      assert.deepEqual([size.files, size.bytes], [5, 605]);
      assert.deepEqual(
        size.largest.map(({ path, bytes, files }) => [path, bytes, files]),
        [
          ['data/raw', 500, 2],
          ['top.bin', 90, 1],
          ['src/main.py', 10, 1],
          ['data/small', 5, 1],
        ],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
