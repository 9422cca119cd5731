import assert from 'node:assert/strict';
import { type LogLine } from '../../../src/engine/log-lines.js';
import { LogBuffer } from '../../../src/ui/logs/log-buffer.js';

function lines(from: number, count: number, text = ''): LogLine[] {
  return Array.from({ length: count }, (_, at) => ({
    stream: at % 2 === 0 ? 'stdout' : 'stderr',
    time: `2026-11-26T08:30:00.${String(from + at).padStart(9, '0')}Z`,
    text: `${from + at}${text}`,
  }));
}

function texts(buffer: LogBuffer, from?: number, end?: number): string[] {
  return [...buffer.lines(from, end)].map(({ text }) => text);
}

describe('the buffer of a log', () => {
  it('keeps lines as they came, by their numbers', () => {
    const buffer = new LogBuffer();
    assert.deepEqual([buffer.first, buffer.end, buffer.dropped, texts(buffer)], [0, 0, 0, []]);
    const came = lines(0, 5);
    buffer.append(came.slice(0, 2));
    buffer.append([]);
    buffer.append(came.slice(2));
    assert.deepEqual([...buffer.lines()], came);
    assert.deepEqual(buffer.at(3), came[3]);
    assert.deepEqual(texts(buffer, 1, 3), ['1', '2']);
    assert.deepEqual(texts(buffer, 3, 99), ['3', '4']);
    assert.equal(buffer.at(5), undefined);
    assert.equal(buffer.at(-1), undefined);
  });

  it('drops the first lines when there are too many, and counts them', () => {
    const buffer = new LogBuffer({ lines: 10, bytes: 1e6 });
    for (let at = 0; at < 35; at += 7) buffer.append(lines(at, 7));
    assert.deepEqual([buffer.first, buffer.end, buffer.dropped], [25, 35, 25]);
    assert.deepEqual(texts(buffer), ['25', '26', '27', '28', '29', '30', '31', '32', '33', '34']);
    assert.equal(buffer.at(24), undefined);
    assert.deepEqual(texts(buffer, 0, 26), ['25']);
    buffer.append(lines(35, 100));
    assert.deepEqual([buffer.first, buffer.dropped, texts(buffer)[0]], [125, 125, '125']);
  });

  it('drops the first lines when they are too long together, but never the last one', () => {
    const buffer = new LogBuffer({ lines: 1000, bytes: 5000 });
    buffer.append(lines(0, 4, 'x'.repeat(1000)));
    assert.equal(buffer.dropped, 0);
    buffer.append(lines(4, 1, 'x'.repeat(1000)));
    assert.deepEqual([buffer.dropped, buffer.end - buffer.first], [1, 4]);
    buffer.append(lines(5, 1, 'x'.repeat(9000)));
    assert.deepEqual([buffer.dropped, buffer.end - buffer.first], [5, 1]);
    buffer.append(lines(6, 1));
    assert.deepEqual([...texts(buffer)], ['6']);
    // What was dropped has given its room back.
    buffer.append(lines(7, 30));
    assert.equal(buffer.end - buffer.first, 31);
  });

  it('is empty when it was cleared, and never uses a number twice', () => {
    const buffer = new LogBuffer({ lines: 10, bytes: 3000 });
    buffer.append(lines(0, 13, 'x'.repeat(150)));
    const { end } = buffer;
    buffer.clear();
    assert.deepEqual([texts(buffer), buffer.dropped], [[], 0]);
    assert.ok(buffer.first >= end && buffer.first === buffer.end);
    buffer.append(lines(20, 12));
    assert.deepEqual([texts(buffer)[0], buffer.end - buffer.first, buffer.dropped], ['22', 10, 2]);
    assert.equal(buffer.at(buffer.first)?.text, '22');
  });

  it('takes a million lines in no time', function () {
    this.timeout(1000);
    const buffer = new LogBuffer();
    const batch = lines(0, 1000);
    for (let at = 0; at < 1000; at++) buffer.append(batch);
    assert.deepEqual([buffer.dropped, buffer.end], [800_000, 1_000_000]);
  });
});
