import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnfitText, wholeLines } from '../../../../src/project/skimming/whole-lines.js';

describe('a text in pieces of whole lines', () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    file = join(folder, 'file');
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function pieces(bytes: string | Buffer, signal?: AbortSignal): Promise<string[]> {
    await writeFile(file, bytes);
    const found: string[] = [];
    for await (const piece of wholeLines(file, signal)) found.push(piece);
    return found;
  }

  /** Of more than one piece. */
  const many = 200_000;
  const texts: [what: string, text: string][] = [
    ['nothing', ''],
    ['one line without an end', 'a'],
    ['one line', 'a\n'],
    ['many lines', 'version = 1\n'.repeat(many / 10)],
    ['many lines, the last one without an end', `${'version = 1\n'.repeat(many / 10)}x`],
    ['empty lines', '\n'.repeat(many)],
    ['the line ends of Windows', 'a\r\n'.repeat(many / 2)],
    ['characters of several bytes at each place', `a${'üß\n'.repeat(many / 4)}${'𝛼\n'.repeat(many / 4)}`],
    ['a line that is longer than a piece', `a\n${'ü'.repeat(many)}\nb\n`],
  ];
  for (const [what, text] of texts) {
    it(`is the same text: ${what}`, async () => {
      const found = await pieces(text);
      assert.equal(found.join(''), text);
      assert.equal(found.length > 1, text.length > 1000);
      assert.ok(found.slice(0, -1).every((piece) => piece.endsWith('\n')));
    });
  }

  it('is made of pieces, and not of the whole of it', async () => {
    const found = await pieces('version = 1\n'.repeat(50_000));
    assert.ok(found.every((piece) => piece.length <= 128 * 1024));
  });

  it('is without its byte order mark, and as Windows-1252 where it is no UTF-8', async () => {
    assert.deepEqual(await pieces('\uFEFFa\n\uFEFFb\n'), ['a\n\uFEFFb\n']);
    assert.deepEqual(await pieces(Buffer.from('# für\n', 'latin1')), ['# für\n']);
  });

  it('is refused as UTF-16, and where a line is very long', async () => {
    await assert.rejects(pieces(Buffer.from('\uFEFFa\n', 'utf16le')), UnfitText);
    await assert.rejects(
      pieces(Buffer.alloc(3_000_000)),
      new UnfitText('It has a line that is longer than 1 MB, and is not read.'),
    );
  });

  it('is not read on when that is cancelled', async () => {
    const controller = new AbortController();
    await writeFile(file, 'version = 1\n'.repeat(many / 10));
    const taken: string[] = [];
    const all = async (): Promise<void> => {
      for await (const piece of wholeLines(file, controller.signal)) {
        taken.push(piece);
        controller.abort();
      }
    };
    await assert.rejects(all(), { name: 'AbortError' });
    assert.equal(taken.length, 1);
  });

  it('is refused by the system where there is none', async () => {
    const all = async (): Promise<void> => {
      for await (const piece of wholeLines(join(folder, 'none'), undefined)) assert.fail(piece);
    };
    await assert.rejects(all(), { code: 'ENOENT' });
  });
});
