import assert from 'node:assert/strict';
import { type LogLine } from '../../../../src/engine/log-lines.js';
import { MergedLines, type SourceLines } from '../../../../src/ui/logs/merged-lines.js';

/** A line of a second, with nanoseconds. */
function line(second: number, text = String(second), nanoseconds = 0): LogLine {
  const time = `2026-11-26T08:30:${String(second).padStart(2, '0')}.${String(nanoseconds).padStart(9, '0')}Z`;
  return { stream: 'stdout', time, text };
}

function short(drained: readonly SourceLines[]): string {
  return drained.map(({ source, lines }) => `${source}:${lines.map(({ text }) => text).join(',')}`).join(' ');
}

describe('the lines of several logs', () => {
  it('come in the order of their times', () => {
    const merged = new MergedLines(300, 2000, 0);
    merged.push(0, [line(1), line(4), line(6)], 0);
    merged.push(1, [line(2), line(3), line(5)], 0);
    // The second one may still tell something between 5 and 6.
    assert.equal(short(merged.drain(0)), '0:1 1:2,3 0:4 1:5');
    assert.equal(merged.isEmpty, false);
    merged.push(1, [line(7)], 100);
    assert.equal(short(merged.drain(100)), '0:6');
    assert.equal(short(merged.drain(299)), '');
    // Now the first one is silent.
    assert.equal(short(merged.drain(300)), '1:7');
    assert.equal(merged.isEmpty, true);
  });

  it('wait for a source that has not said anything yet, but not for ever', () => {
    const merged = new MergedLines(300, 2000, 0);
    merged.open(0, 0);
    merged.open(1, 0);
    merged.push(0, [line(5)], 10);
    assert.equal(short(merged.drain(1999)), '');
    assert.equal(short(merged.drain(2000)), '0:5');
    const early = new MergedLines(300, 2000, 0);
    early.open(1, 0);
    early.push(0, [line(5)], 10);
    early.push(1, [line(3)], 1500);
    assert.equal(short(early.drain(1500)), '1:3');
    assert.equal(short(early.drain(1800)), '0:5');
  });

  it('wait a little for a late one of a source that was silent', () => {
    const merged = new MergedLines(300, 2000, 100);
    merged.push(0, [line(1)], 0);
    merged.push(1, [line(2)], 1000);
    merged.push(0, [line(3)], 1001);
    merged.close(1, 1001);
    merged.push(1, [line(2, 'late')], 1050);
    merged.close(1, 1050);
    assert.equal(short(merged.drain(1099)), '0:1');
    assert.equal(short(merged.drain(1149)), '1:2');
    assert.equal(short(merged.drain(1150)), '1:late 0:3');
  });

  it('do not wait for one that is over, until it goes on', () => {
    const merged = new MergedLines(300, 2000, 0);
    merged.push(0, [line(5)], 0);
    merged.push(1, [line(4)], 0);
    merged.close(1, 0);
    assert.equal(short(merged.drain(0)), '1:4 0:5');
    merged.push(1, [line(6)], 10);
    merged.push(0, [line(7)], 10);
    assert.equal(short(merged.drain(10)), '1:6');
    // A sign of life without a line makes others wait again.
    merged.close(1, 20);
    merged.hear(1, 20);
    assert.equal(short(merged.drain(20)), '');
  });

  it('of one source stay in the order in which they came', () => {
    const merged = new MergedLines(0, 0, 0);
    merged.push(0, [line(5, 'a'), line(3, 'b'), { ...line(0, 'c'), time: undefined }, line(6, 'd')], 0);
    merged.push(1, [line(4, 'x')], 0);
    assert.equal(short(merged.drain(1)), '1:x 0:a,b,c,d');
  });

  it('of the same time come one source after the other, and nanoseconds count', () => {
    const merged = new MergedLines(0, 0, 0);
    merged.push(1, [line(1, 'x', 5), line(1, 'y', 5)], 0);
    merged.push(0, [line(1, 'a', 5), line(1, 'b', 6)], 0);
    assert.equal(short(merged.drain(1)), '1:x,y 0:a,b');
    const exact = new MergedLines(0, 0, 0);
    exact.push(0, [line(1, 'late', 999)], 0);
    exact.push(1, [line(1, 'early', 998)], 0);
    assert.equal(short(exact.drain(1)), '1:early 0:late');
  });

  it('understand the times of Podman, which has offsets', () => {
    const merged = new MergedLines(0, 0, 0);
    merged.push(0, [{ ...line(2, 'late'), time: '2026-11-26T10:30:02.5+02:00' }], 0);
    merged.push(1, [{ ...line(1, 'early'), time: '2026-11-26T10:30:01+02:00' }], 0);
    merged.push(2, [{ ...line(1, 'odd'), time: 'no time' }], 0);
    assert.equal(short(merged.drain(1)), '2:odd 1:early 0:late');
  });

  it('are merged by the ten thousand in no time', function () {
    this.timeout(1000);
    const merged = new MergedLines();
    for (let source = 0; source < 10; source++) {
      const lines = Array.from({ length: 2000 }, (_, at) => line(Math.floor(at / 200), 'x', at * 10 + source));
      for (let at = 0; at < lines.length; at += 500) merged.push(source, lines.slice(at, at + 500), 0);
    }
    const count = merged.drain(1000).reduce((sum, { lines }) => sum + lines.length, 0);
    assert.equal(count, 20_000);
  });
});
