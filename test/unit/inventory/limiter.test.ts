import assert from 'node:assert/strict';
import { Limiter } from '../../../src/inventory/limiter.js';

describe('the limiter of refreshes', () => {
  it('lets the first call through at once and gathers those that follow into one', async () => {
    const calls: number[] = [];
    const pause = 20;
    const second = new Promise<void>((resolve) => {
      const limiter = new Limiter(() => {
        calls.push(performance.now());
        if (calls.length === 2) resolve();
      }, pause);
      for (let call = 0; call < 1000; call++) limiter.trigger();
      assert.equal(calls.length, 1);
    });
    await second;
    const [first = 0, last = 0] = calls;
    // Node's timers count whole milliseconds and may fire a fraction of one early.
    assert.ok(last - first >= pause - 1, `${last - first} ms apart`);
    assert.equal(calls.length, 2);
  });

  it('drops what is still to come when it is disposed', async () => {
    let calls = 0;
    const limiter = new Limiter(() => {
      calls++;
    }, 5);
    limiter.trigger();
    limiter.trigger();
    limiter.dispose();
    const later = new Promise<void>((resolve) => {
      new Limiter(resolve, 0).trigger();
      setTimeout(resolve, 15);
    });
    await later;
    assert.equal(calls, 1);
  });
});
