import assert from 'node:assert/strict';
import { OpenTerminals } from '../../../../src/ui/shell/open-terminals.js';

describe('the terminals of a window', () => {
  it('are ended with it, at the same time and once, but for those that have ended before', async () => {
    const terminals = new OpenTerminals();
    const closed: string[] = [];
    let endFirst: () => void = () => undefined;
    terminals.add(() => {
      closed.push('first');
      return new Promise((resolve) => (endFirst = resolve));
    });
    terminals.add(() => {
      closed.push('second');
      return Promise.resolve();
    });
    const ended = terminals.add(() => {
      closed.push('ended');
      return Promise.resolve();
    });
    ended.dispose();
    const closing = terminals.closeAll();
    assert.deepEqual(closed, ['first', 'second']);
    endFirst();
    await closing;
    await terminals.closeAll();
    assert.deepEqual(closed, ['first', 'second']);
  });
});
