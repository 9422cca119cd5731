import assert from 'node:assert/strict';
import {
  cutMark,
  FrameDecoder,
  type LogDecoder,
  type LogLine,
  longestLine,
  TerminalDecoder,
} from '../../../src/engine/log-lines.js';
import { LogPosition } from '../../../src/engine/log-position.js';

const part = 16_384;

function time(nanoseconds: number): string {
  return `2026-11-26T08:30:00.${String(nanoseconds).padStart(9, '0')}Z`;
}

function frame(stream: number, content: string | Buffer): Buffer {
  const payload = Buffer.from(content);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** All lines, of the bytes cut into pieces. */
function decoded(decoder: LogDecoder, bytes: Buffer, length = bytes.length): LogLine[] {
  const lines: LogLine[] = [];
  for (let at = 0; at < bytes.length; at += length) lines.push(...decoder.push(bytes.subarray(at, at + length)));
  return [...lines, ...decoder.end()];
}

describe('the lines of a log in frames', () => {
  const bytes = Buffer.concat([
    frame(1, `${time(1)} ä€🙂 one\n`),
    frame(2, `${time(2)} two\r\n`),
    frame(1, `${time(3)} \n`),
    frame(1, `2026-11-26T09:30:00.5+01:00 four\n`),
    frame(1, `${time(5)} no end`),
    frame(1, `${time(6)} six\n`),
    frame(3, 'Error grabbing logs: unexpected EOF\n'),
    frame(1, `${time(7)} seven\r\neight\n`),
    frame(1, time(8)),
  ]);
  const wanted: LogLine[] = [
    { stream: 'stdout', time: time(1), text: 'ä€🙂 one' },
    { stream: 'stderr', time: time(2), text: 'two' },
    { stream: 'stdout', time: time(3), text: '' },
    { stream: 'stdout', time: '2026-11-26T09:30:00.5+01:00', text: 'four' },
    { stream: 'stdout', time: time(5), text: 'no end' },
    { stream: 'stdout', time: time(6), text: 'six' },
    { stream: 'stderr', time: undefined, text: 'Error grabbing logs: unexpected EOF' },
    { stream: 'stdout', time: time(7), text: 'seven' },
    { stream: 'stdout', time: time(7), text: 'eight' },
    { stream: 'stdout', time: time(8), text: '' },
  ];

  it('are the same however the bytes arrive', () => {
    for (const length of [bytes.length, 1, 2, 7, 40]) {
      assert.deepEqual(decoded(new FrameDecoder(), bytes, length), wanted, String(length));
    }
  });

  it('are put together from parts, those of stdout and stderr apart', () => {
    const half = 'x'.repeat(part);
    const parts = Buffer.concat([
      frame(1, `${time(1)} ${half}`),
      frame(2, `${time(2)} ${'é'.repeat(part / 2)}`),
      frame(2, `${time(3)} end\n`),
      frame(1, `${time(4)} ${half}`),
      frame(1, `${time(5)} \n`),
      frame(1, `${time(6)} ${half}`),
    ]);
    assert.deepEqual(decoded(new FrameDecoder(), parts, 1000), [
      { stream: 'stderr', time: time(3), text: `${'é'.repeat(part / 2)}end` },
      { stream: 'stdout', time: time(5), text: half + half },
      { stream: 'stdout', time: time(6), text: half },
    ]);
  });

  it('are cut where they are too long, but not within a character', () => {
    const parts = Array.from({ length: 100 }, (_, at) => frame(1, `${time(at)} ${'€'.repeat(part / 3 + 1)}`));
    const [line, next, ...none] = decoded(
      new FrameDecoder(),
      Buffer.concat([...parts, frame(1, `${time(200)} \n`), frame(1, `${time(201)} next\n`)]),
    );
    assert.ok(line?.text === '€'.repeat(Math.floor(longestLine / 3)) + cutMark);
    assert.deepEqual([next?.text, none], ['next', []]);
    const whole = frame(1, `${time(1)} ${'y'.repeat(longestLine + 1)}\n`);
    assert.ok(decoded(new FrameDecoder(), whole)[0]?.text === 'y'.repeat(longestLine) + cutMark);
  });
});

describe('the lines of the log of a terminal', () => {
  const bytes = Buffer.from(
    `${time(2)} ä€🙂 one\r\n${time(3)} \r\n${time(4)} $ ${time(5)} two ${time(1)} of the program’s\r\n${time(6)} end`,
  );

  it('are the same however the bytes arrive', () => {
    const wanted = [
      [time(2), 'ä€🙂 one'],
      [time(3), ''],
      [time(4), '$ '],
      [time(5), `two ${time(1)} of the program’s`],
      [time(6), 'end'],
    ];
    for (const length of [bytes.length, 1, 2, 7, 40]) {
      const lines = decoded(new TerminalDecoder(), bytes, length);
      assert.deepEqual(
        lines.map((line) => [line.time, line.text]),
        wanted,
      );
      assert.ok(lines.every(({ stream }) => stream === 'stdout'));
    }
  });

  it('are put together from parts, and cut where they are too long', () => {
    const parts = (count: number): string =>
      Array.from({ length: count }, () => `${time(2)} ${'x'.repeat(part)}`).join('') + `${time(2)} end\r\n`;
    const [line, cut, next] = decoded(
      new TerminalDecoder(),
      Buffer.from(`${parts(2)}${parts(50)}${time(3)} next\n`),
      1000,
    );
    assert.ok(line?.text === `${'x'.repeat(2 * part)}end`);
    assert.ok(cut?.text === 'x'.repeat(longestLine) + cutMark);
    assert.equal(next?.text, 'next');
  });
});

describe('the position in a log', () => {
  const line = (nanoseconds: number, text = '', stream: LogLine['stream'] = 'stdout'): LogLine => ({
    stream,
    time: time(nanoseconds),
    text,
  });

  it('is nowhere before the first line', () => {
    const position = new LogPosition();
    assert.equal(position.goOn(), undefined);
    position.note([{ stream: 'stderr', time: undefined, text: 'x' }]);
    assert.equal(position.goOn(), undefined);
  });

  it('goes on behind the last line, also of several of the same time', () => {
    const position = new LogPosition();
    position.note([line(1, 'before'), line(700_000_000, 'a'), line(700_000_000, 'b')]);
    const next = position.goOn();
    assert.equal(next?.since, `${Date.parse('2026-11-26T08:30:00Z') / 1000}.450`);
    const again = [
      line(700_000_000, 'a'),
      line(700_000_000, 'b'),
      line(700_000_000, 'c'),
      line(700_000_000, 'd', 'stderr'),
    ];
    assert.deepEqual(
      next.unseen(again).map(({ text }) => text),
      ['c', 'd'],
    );
    assert.deepEqual(next.unseen([line(999_000_000)]).length, 1);
  });

  it('knows lines that are not in the order of their times', () => {
    const position = new LogPosition();
    position.note([line(300_000_000, 'late'), line(299_000_000, 'early', 'stderr')]);
    const next = position.goOn();
    const again = [line(300_000_000, 'late'), line(299_000_000, 'early', 'stderr'), line(298_000_000, 'new', 'stderr')];
    assert.deepEqual(
      next?.unseen(again).map(({ text }) => text),
      ['new'],
    );
  });

  it('does not go back behind where it began', () => {
    const position = new LogPosition();
    position.note([line(300_000_001)]);
    assert.equal(position.goOn()?.since, `${Date.parse('2026-11-26T08:30:00Z') / 1000}.300000001`);
  });
});
