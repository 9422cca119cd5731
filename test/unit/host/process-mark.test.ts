import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { lifeOf, processMark } from '../../../src/host/process-mark.js';

describe('the mark of a process', () => {
  const [pid = '', start = ''] = processMark().split(' ');

  it('is that of one that lives', () => {
    assert.equal(processMark(), processMark());
    assert.equal(lifeOf(processMark()), 'alive');
  });

  it('is that of a dead one when it has ended', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    const mark = `${child.pid ?? 0} ${start} ${hostname()}`;
    await once(child, 'exit');
    assert.equal(lifeOf(mark), 'dead');
  });

  it('is that of a dead one when its number was given to another one', () => {
    assert.equal(lifeOf(`${pid} 1${start} ${hostname()}`), 'dead');
    assert.equal(lifeOf(`1 ${start} ${hostname()}`), 'dead');
  });

  it('tells nothing of another machine', () => {
    assert.equal(lifeOf(`${pid} ${start} another-${hostname()}`), 'elsewhere');
  });

  for (const mark of ['', 'x', '-1 0 host', `0 ${start} ${hostname()}`]) {
    it(`is none: “${mark}”`, () => {
      assert.equal(lifeOf(mark), 'dead');
    });
  }
});
