import assert from 'node:assert/strict';
import { EventEmitter, on } from 'node:events';
import { type Measured } from '../../../src/ui/explorer/measure-usage.js';
import { UsageFollower } from '../../../src/ui/explorer/usage-follower.js';

const measured = (memory: number): Measured => ({
  usage: {
    memory,
    memoryLimit: undefined,
    cpuSeconds: undefined,
    cpu: undefined,
    network: undefined,
    disk: undefined,
    processes: undefined,
  },
  gpu: undefined,
});

/** An engine that says what it is told to, and who is measured. */
class Measures {
  readonly now = new Set<string>();
  readonly begun: string[] = [];
  private readonly emitter = new EventEmitter();

  readonly measure = async function* (
    this: Measures,
    container: string,
    signal: AbortSignal,
  ): AsyncGenerator<Measured> {
    this.now.add(container);
    this.begun.push(container);
    signal.addEventListener('abort', () => this.now.delete(container));
    try {
      for await (const [value] of on(this.emitter, container, { signal })) {
        if (typeof value !== 'number') throw new Error('lost');
        yield measured(value);
      }
    } finally {
      this.now.delete(container);
    }
  };

  async say(container: string, value: number | 'lost'): Promise<void> {
    this.emitter.emit(container, value);
    await settled();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('the usage of containers', () => {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const make = (): { measures: Measures; follower: UsageFollower; now: () => Promise<string[]> } => {
    const measures = new Measures();
    const follower = new UsageFollower((container, signal) => measures.measure(container, signal), quiet);
    const now = async (): Promise<string[]> => {
      await settled();
      return [...measures.now].sort();
    };
    return { measures, follower, now };
  };
  const listed = new Map([
    ['a', ['line a']],
    ['b', ['project', 'line b']],
    ['c', ['project', 'line c']],
  ]);

  it('is measured only while somebody sees it', async () => {
    const { follower, now } = make();
    follower.setListed(listed);
    follower.openContainer('a', () => undefined);
    assert.deepEqual(await now(), [], 'the view is not visible');
    follower.setVisible(true);
    assert.deepEqual(await now(), ['a']);
    follower.setVisible(false);
    assert.deepEqual(await now(), []);
    follower.setVisible(true);
    follower.setLineOpen('line a', false);
    assert.deepEqual(await now(), []);
    follower.setLineOpen('line a', true);
    assert.deepEqual(await now(), ['a']);
    follower.setListed(new Map());
    assert.deepEqual(await now(), [], 'it is not listed any more');
    follower.setListed(listed);
    assert.deepEqual(await now(), [], 'what comes back is not open');
    follower.openContainer('a', () => undefined);
    assert.deepEqual(await now(), ['a']);
    follower.dispose();
    assert.deepEqual(await now(), []);
  });

  it('is not measured below a closed line, and is again when that is opened', async () => {
    const { follower, now } = make();
    follower.setListed(listed);
    follower.setVisible(true);
    for (const each of ['a', 'b', 'c']) follower.openContainer(each, () => undefined);
    assert.deepEqual(await now(), ['a', 'b', 'c']);
    follower.setLineOpen('project', false);
    assert.deepEqual(await now(), ['a']);
    follower.setLineOpen('project', true);
    assert.deepEqual(await now(), ['a', 'b', 'c']);
    follower.dispose();
  });

  it('is told to the last who asked, and measured once however often it is shown anew', async () => {
    const { follower, measures, now } = make();
    follower.setListed(listed);
    follower.setVisible(true);
    const told: string[] = [];
    follower.openContainer('a', () => told.push('first'));
    assert.deepEqual(await now(), ['a']);
    assert.equal(follower.last('a'), undefined);
    await measures.say('a', 1);
    follower.openContainer('a', () => told.push('second'));
    follower.setListed(new Map(listed));
    await measures.say('a', 2);
    assert.deepEqual(told, ['first', 'second']);
    assert.deepEqual(follower.last('a'), measured(2));
    assert.deepEqual(measures.begun, ['a']);
    follower.setLineOpen('line a', false);
    assert.equal(follower.last('a'), undefined, 'what was is not shown as what is');
    follower.dispose();
  });

  it('is measured again after a failure only when the list is new', async () => {
    const { follower, measures, now } = make();
    follower.setListed(listed);
    follower.setVisible(true);
    follower.openContainer('a', () => undefined);
    await now();
    await measures.say('a', 'lost');
    assert.deepEqual([await now(), measures.begun], [[], ['a']]);
    follower.setListed(listed);
    assert.deepEqual([await now(), measures.begun], [['a'], ['a', 'a']]);
    follower.dispose();
  });
});
