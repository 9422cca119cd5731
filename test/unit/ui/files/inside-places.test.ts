import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { type Inside, type Place } from '../../../../src/engine/inside/place.js';
import { Failure, type Reason } from '../../../../src/host/failure.js';
import { idleMilliseconds, InsidePlaces } from '../../../../src/ui/files/inside-places.js';
import { FakeInside, NotedLog } from './fake-inside.js';

const data: Place = { kind: 'volume', name: 'data' };
const other: Place = { kind: 'volume', name: 'other' };
const { signal } = new AbortController();
const list = (inside: Inside, either: AbortSignal): Promise<unknown> => inside.list('/', either);
const trouble = (reason: Reason): Failure => new Failure(reason, 'It broke.', 'Look again.');
const reasonOf =
  (reason: Reason) =>
  (error: unknown): boolean =>
    error instanceof Failure && error.reason === reason;

describe('the places that are looked into', () => {
  let opened: FakeInside[];
  let closed: FakeInside[];
  let log: NotedLog;
  let places: InsidePlaces;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    opened = [];
    closed = [];
    log = new NotedLog();
    places = new InsidePlaces(() => {
      const inside = new FakeInside({ '/a': 'one' });
      opened.push(inside);
      return Promise.resolve({
        inside,
        close: () => {
          closed.push(inside);
          return Promise.resolve();
        },
      });
    }, log);
  });
  afterEach(() => {
    mock.timers.reset();
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are opened once for all who look, and each on its own', async () => {
    await Promise.all([places.use(data, signal, list), places.use(data, signal, list)]);
    await places.use(data, signal, list);
    assert.equal(opened.length, 1);
    await places.use(other, signal, list);
    assert.equal(opened.length, 2);
  });

  it('are closed a minute after their last use, and opened anew for the next', async () => {
    await places.use(data, signal, list);
    mock.timers.tick(idleMilliseconds - 1);
    await places.use(data, signal, list);
    mock.timers.tick(idleMilliseconds - 1);
    await settle();
    assert.equal(closed.length, 0);
    mock.timers.tick(1);
    await settle();
    assert.deepEqual(closed, opened);
    await places.use(data, signal, list);
    assert.equal(opened.length, 2);
  });

  it('stay open for as long as something goes on, however long that takes', async () => {
    let end = (): void => undefined;
    const long = places.use(data, signal, () => new Promise<void>((resolve) => (end = resolve)));
    await places.use(data, signal, list);
    mock.timers.tick(10 * idleMilliseconds);
    await settle();
    assert.equal(closed.length, 0);
    end();
    await long;
    mock.timers.tick(idleMilliseconds);
    await settle();
    assert.equal(closed.length, 1);
  });

  for (const reason of ['container-not-found', 'container-not-running', 'engine-lost'] as const) {
    it(`are opened anew where the old way in is of no use any more: ${reason}`, async () => {
      await places.use(data, signal, list);
      const [first] = opened;
      assert.ok(first);
      first.trouble = trouble(reason);
      const content = await places.use(data, signal, (inside, either) => inside.list('/', either));
      assert.deepEqual(
        content.entries.map(({ name }) => name),
        ['a'],
      );
      assert.equal(opened.length, 2);
      assert.deepEqual(closed, [first]);
    });
  }

  it('are opened anew once for all who found the old way in lost together', async () => {
    await places.use(data, signal, list);
    const [first] = opened;
    assert.ok(first);
    first.trouble = trouble('container-not-running');
    const contents = await Promise.all(
      [1, 2, 3].map(() => places.use(data, signal, (inside, either) => inside.list('/', either))),
    );
    assert.deepEqual(
      contents.map(({ entries }) => entries.length),
      [1, 1, 1],
    );
    assert.equal(opened.length, 2);
    assert.deepEqual(closed, [first]);
  });

  it('are asked once only where they were just opened, or where asking again cannot help', async () => {
    let asked = 0;
    const fail = (reason: Reason) => () => {
      asked++;
      return Promise.reject(trouble(reason));
    };
    await assert.rejects(places.use(data, signal, fail('container-not-found')), reasonOf('container-not-found'));
    assert.equal(asked, 1);
    await places.use(data, signal, list);
    await assert.rejects(places.use(data, signal, fail('file-not-found')), reasonOf('file-not-found'));
    assert.equal(asked, 2);
    assert.equal(opened.length, 2);
    await assert.rejects(places.use(data, signal, fail('engine-lost')), reasonOf('engine-lost'));
    assert.equal(asked, 4);
  });

  it('are tried again after they could not be opened', async () => {
    let tries = 0;
    const moody = new InsidePlaces(() => {
      tries++;
      return tries === 1
        ? Promise.reject(trouble('volume-not-found'))
        : Promise.resolve({ inside: new FakeInside({ '/a': '' }), close: () => Promise.resolve() });
    }, log);
    await assert.rejects(moody.use(data, signal, list), reasonOf('volume-not-found'));
    await moody.use(data, signal, list);
    assert.equal(tries, 2);
    await moody.closeAll();
  });

  it('end what goes on when all are closed, and wait until each is', async () => {
    const going = places.use(
      data,
      signal,
      (_inside, either) =>
        new Promise((_resolve, reject) => {
          either.addEventListener('abort', () => {
            reject(trouble('cancelled'));
          });
        }),
    );
    await places.use(other, signal, list);
    const ended = assert.rejects(going, reasonOf('cancelled'));
    await places.closeAll();
    await ended;
    assert.equal(closed.length, 2);
    mock.timers.tick(10 * idleMilliseconds);
    await settle();
    assert.equal(closed.length, 2);
  });

  it('are closed, too, where they were still being opened', async () => {
    let arrive = (): void => undefined;
    let isClosed = false;
    const slow = new InsidePlaces(
      () =>
        new Promise((resolve) => {
          arrive = () => {
            const close = (): Promise<void> => {
              isClosed = true;
              return Promise.resolve();
            };
            resolve({ inside: new FakeInside(), close });
          };
        }),
      log,
    );
    const looked = assert.rejects(slow.use(data, signal, list), reasonOf('cancelled'));
    const closing = slow.closeAll();
    await looked;
    arrive();
    await closing;
    assert.equal(isClosed, true);
  });

  it('let one who looks go, and the others stay', async () => {
    const controller = new AbortController();
    const wait = (_inside: Inside, either: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        either.addEventListener('abort', () => {
          reject(trouble('cancelled'));
        });
      });
    const gone = assert.rejects(places.use(data, controller.signal, wait), reasonOf('cancelled'));
    await places.use(data, signal, list);
    controller.abort();
    await gone;
    await places.use(data, signal, list);
    assert.equal(opened.length, 1);
    assert.equal(closed.length, 0);
  });

  it('say in the log what was left over', async () => {
    const stuck = new InsidePlaces(
      () =>
        Promise.resolve({ inside: new FakeInside({ '/a': '' }), close: () => Promise.reject(trouble('engine-lost')) }),
      log,
    );
    await stuck.use(data, signal, list);
    await stuck.closeAll();
    assert.match(log.lines.join('\n'), /was not removed: It broke/);
  });
});
