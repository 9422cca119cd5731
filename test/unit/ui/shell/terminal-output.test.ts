import assert from 'node:assert/strict';
import { PacedOutput } from '../../../../src/ui/shell/paced-output.js';
import { linesText, screenText } from '../../../../src/ui/shell/terminal-output.js';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function whole(texts: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const text of texts) all += text;
  return all;
}

function frame(stream: 1 | 2, text: string | Buffer): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('what a terminal shows', () => {
  it('has its characters whole, however they come', async () => {
    const text = 'über 画像 🐳\r\n';
    for (const size of [1, 2, 3, 5, 100]) {
      assert.equal(await whole(screenText(pieces(Buffer.from(text), size))), text);
    }
    assert.equal(await whole(screenText(pieces(Buffer.from('ü').subarray(0, 1), 1))), '\ufffd');
  });

  it('has the line ends of a terminal where the program has none, once', async () => {
    const bytes = Buffer.concat([frame(1, 'a\nb\r'), frame(1, '\nc\n'), frame(2, '\n\nü\n'), frame(1, 'd\r\n')]);
    for (const size of [1, 3, 8, 9, 100]) {
      assert.equal(
        await whole(linesText(pieces(bytes, size))),
        'a\r\nb\r\nc\r\n\r\n\r\nü\r\nd\r\n',
        `pieces of ${size}`,
      );
    }
  });

  it('keeps apart the characters of both streams', async () => {
    const letter = Buffer.from('ü');
    const bytes = [frame(1, letter.subarray(0, 1)), frame(2, 'x'), frame(1, letter.subarray(1))];
    assert.equal(await whole(linesText(pieces(Buffer.concat(bytes), 4))), 'xü');
  });
});

describe('the pace of a terminal', () => {
  it('puts together what comes at once, and shows it in its order', async () => {
    const shown: string[] = [];
    const paced = new PacedOutput((text) => shown.push(text));
    await paced.add('a');
    await paced.add('b');
    assert.deepEqual(shown, []);
    paced.flush();
    assert.deepEqual(shown, ['ab']);
    paced.flush();
    assert.deepEqual(shown, ['ab']);
  });

  it('lets who prints much wait until it is shown', async () => {
    const shown: number[] = [];
    const paced = new PacedOutput((text) => shown.push(text.length));
    let isThere = false;
    const added = paced.add('x'.repeat(150_000)).then(() => {
      isThere = true;
    });
    await Promise.resolve();
    assert.equal(isThere, false);
    await added;
    assert.deepEqual(shown, [150_000]);
  });
});
