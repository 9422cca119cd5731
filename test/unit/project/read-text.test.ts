import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readText } from '../../../src/project/read-text.js';

describe('the text of a file', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  const encodings: [what: string, bytes: Buffer, expected: string][] = [
    ['UTF-8', Buffer.from('müon\n'), 'müon\n'],
    ['UTF-8 with a mark and the line ends of Windows', Buffer.from('\uFEFFa\r\nb\r\n'), 'a\nb\n'],
    ['UTF-16, as PowerShell writes it', Buffer.from('\uFEFFnumpy\r\n', 'utf16le'), 'numpy\n'],
    ['UTF-16 with the other order', Buffer.from('\uFEFFnumpy\n', 'utf16le').swap16(), 'numpy\n'],
    ['Latin-1', Buffer.from('# für\n', 'latin1'), '# für\n'],
    ['nothing', Buffer.alloc(0), ''],
  ];
  for (const [what, bytes, expected] of encodings) {
    it(`is read as ${what}`, async () => {
      await writeFile(join(folder, 'file'), bytes);
      assert.deepEqual(await readText(join(folder, 'file'), 1000), { text: expected, isCut: false });
    });
  }

  it('is cut at the limit, within a character too', async () => {
    await writeFile(join(folder, 'file'), 'aüb');
    assert.deepEqual(await readText(join(folder, 'file'), 2), { text: 'a', isCut: true });
  });

  it('takes no more memory than the limit for a large file', async () => {
    await writeFile(join(folder, 'large'), '');
    await truncate(join(folder, 'large'), 10 ** 12);
    assert.equal((await readText(join(folder, 'large'), 100))?.text.length, 100);
  });

  it('is undefined for what is no file', async () => {
    assert.equal(await readText(folder, 100), undefined);
    assert.equal(await readText(join(folder, 'none'), 100), undefined);
  });
});
