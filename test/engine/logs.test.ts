import assert from 'node:assert/strict';
import { containerLogs } from '../../src/engine/container-logs.js';
import { LogFollower, type LogState } from '../../src/engine/log-follower.js';
import { cutMark, longestLine, type LogLine } from '../../src/engine/log-lines.js';
import { helperLabels } from '../../src/engine/leftovers.js';
import { connectTo } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { startEngine } from '../harness/engines/start.js';
import { findRunning } from '../harness/engines/state.js';
import { busybox, connect, engineHost, engineName, failsWith } from './support.js';

const never = new AbortController().signal;
const quietLog = { log: (): void => undefined };

/** A follower with what it has told so far. */
class Followed {
  readonly lines: LogLine[] = [];
  readonly states: LogState[] = [];
  readonly follower: LogFollower;
  readonly ended: Promise<void>;
  private readonly abort = new AbortController();
  private look: () => void = () => undefined;

  constructor(
    private readonly connection: ReturnType<typeof connect>,
    container: string,
    options: { since?: string; tail?: number } = {},
  ) {
    this.follower = new LogFollower(connection, container, {
      onLines: (lines) => {
        this.lines.push(...lines);
        this.look();
      },
      onState: (state) => {
        this.states.push(state);
        this.look();
      },
    });
    this.ended = this.follower.run({ ...options, signal: this.abort.signal });
  }

  get texts(): string[] {
    return this.lines.map(({ text }) => text);
  }

  get kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }

  until(wanted: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.look = () => {
        if (wanted()) resolve();
      };
      this.look();
    });
  }

  untilKind(kind: LogState['kind']): Promise<void> {
    return this.until(() => this.states.at(-1)?.kind === kind);
  }

  async dispose(): Promise<void> {
    this.abort.abort();
    await this.ended;
    this.connection.dispose();
  }
}

describe(`logs of containers on engine ${engineName}`, function () {
  this.timeout(120_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  const made: ReturnType<typeof docker.getContainer>[] = [];
  const followed: Followed[] = [];
  afterEach(async () => {
    for (const one of followed.splice(0)) await one.dispose();
    for (const container of made.splice(0)) {
      await container.remove({ force: true, v: true }).catch((error: unknown) => {
        if (!/no such container/i.test(String(error))) throw error;
      });
    }
  });
  after(() => {
    connection.dispose();
  });

  const create = async (script: string, more: object = {}): Promise<(typeof made)[number]> => {
    const container = await docker.createContainer({
      Image: busybox,
      Cmd: ['sh', '-c', script],
      Labels: helperLabels(),
      // Only a kill ends it at once: a shell that waits hears of nothing else.
      StopSignal: 'SIGKILL',
      ...more,
    });
    made.push(container);
    return container;
  };
  const finished = async (script: string, more: object = {}): Promise<string> => {
    const container = await create(script, more);
    await container.start();
    await container.wait();
    return container.id;
  };
  const linesOf = async (
    container: string,
    options: { since?: string; tail?: number; follow?: boolean } = {},
  ): Promise<LogLine[]> => {
    const lines: LogLine[] = [];
    for await (const batch of containerLogs(connection, container, { follow: false, signal: never, ...options })) {
      lines.push(...batch);
    }
    return lines;
  };
  const follow = (id: string, options: { since?: string; tail?: number } = {}): Followed => {
    const one = new Followed(connect(), id, options);
    followed.push(one);
    return one;
  };

  it('tells stdout and stderr apart, in their order, with times', async () => {
    const id = await finished('for i in 1 2 3; do echo out $i; sleep 0.02; echo err $i >&2; sleep 0.02; done');
    const lines = await linesOf(id);
    assert.deepEqual(
      lines.map(({ stream, text }) => [stream, text]),
      ['1', '2', '3'].flatMap((at) => [
        ['stdout', `out ${at}`],
        ['stderr', `err ${at}`],
      ]),
    );
    const times = lines.map(({ time }) => time ?? '');
    for (const time of times) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    assert.deepEqual([...times].sort(), times);
  });

  it('reads empty lines, returns, a last line without end, and none at all', async () => {
    assert.deepEqual(
      (await linesOf(await finished("printf 'a\\n\\nb\\r\\nc'"))).map(({ text }) => text),
      ['a', '', 'b', 'c'],
    );
    assert.deepEqual(await linesOf(await finished('true')), []);
    assert.deepEqual(await linesOf((await create('true')).id), []);
  });

  it('reads characters of any length, whatever they are cut by on their way', async () => {
    const lines = await linesOf(await finished('for i in $(seq 1 3000); do echo "$i aé€🙂"; done'));
    assert.ok(lines.length === 3000 && lines.every(({ text }, at) => text === `${at + 1} aé€🙂`));
  });

  it('reads the log of a container with a TTY', async () => {
    const id = await finished('echo ü one; echo two >&2; printf three', { Tty: true });
    assert.deepEqual(
      (await linesOf(id)).map(({ stream, text }) => [stream, text]),
      [
        ['stdout', 'ü one'],
        ['stdout', 'two'],
        ['stdout', 'three'],
      ],
    );
  });

  for (const Tty of [false, true]) {
    it(`puts long lines together and cuts what is longer than is kept${Tty ? ', of a TTY' : ''}`, async () => {
      // The engine takes lines apart every 16,384 bytes, and spoils characters that it cuts through: these it does not.
      const long = `i=0; while [ $i -lt 1000 ]; do printf 'üüüüüüüüüüüüüüüüüüüü'; i=$((i+1)); done; echo; echo next`;
      const lines = await linesOf(await finished(long, { Tty }));
      assert.deepEqual(
        lines.map(({ text }) => [text.length, text.replaceAll('ü', '')]),
        [
          [20_000, ''],
          [4, 'next'],
        ],
      );
      const longer = `head -c 200000 /dev/zero | tr '\\0' x; echo; head -c 16384 /dev/zero | tr '\\0' y; echo; echo next`;
      const [cut, exact, next] = await linesOf(await finished(longer, { Tty }));
      assert.ok(cut?.text === 'x'.repeat(longestLine) + cutMark);
      assert.ok(exact?.text === 'y'.repeat(16_384));
      assert.equal(next?.text, 'next');
    });
  }

  it('reads 100,000 lines, all of them and in order', async () => {
    const lines = await linesOf(await finished('seq 1 100000'), { follow: true });
    assert.equal(lines.length, 100_000);
    assert.ok(lines.every(({ text }, at) => text === String(at + 1)));
  });

  it('begins where it is told', async () => {
    const id = await finished('echo a; sleep 0.1; echo b; sleep 0.1; echo c');
    const time = (await linesOf(id))[1]?.time ?? '';
    const seconds = `${Math.floor(Date.parse(time) / 1000)}.${/\.(\d{9})/.exec(time)?.[1] ?? ''}`;
    const texts = async (options: object): Promise<string[]> => (await linesOf(id, options)).map(({ text }) => text);
    assert.deepEqual(await texts({ since: seconds }), ['b', 'c']);
    assert.deepEqual(await texts({ tail: 1 }), ['c']);
  });

  it('ends when it is cancelled, and says that a container is not there', async () => {
    const container = await create('echo begun; sleep 1000');
    await container.start();
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      const options = { follow: true, signal: abort.signal };
      for await (const [line] of containerLogs(connection, container.id, options)) {
        assert.equal(line?.text, 'begun');
        abort.abort();
      }
    };
    await assert.rejects(read(), failsWith('cancelled'));
    await assert.rejects(linesOf('no-such-container'), failsWith('container-not-found'));
  });

  for (const Tty of [false, true]) {
    it(`follows a container${Tty ? ' with a TTY' : ''} through its restarts and to its removal`, async () => {
      const container = await create('echo x >> /count; wc -l < /count; printf half; exit 3', { Tty });
      const one = follow(container.id);
      await one.untilKind('not-started');
      const count = 5;
      for (let life = 1; life <= count; life++) {
        await container.start();
        await container.wait();
        // Now and then the follower is not waited for.
        if (life % 2 === 1) await one.until(() => one.texts.filter((text) => text === 'half').length === life);
      }
      await one.until(() => one.texts.filter((text) => text === 'half').length === count);
      await one.untilKind('ended');
      assert.deepEqual(one.states.at(-1), { kind: 'ended', exitCode: 3 });
      assert.deepEqual(one.texts, Array.from({ length: count }, (_, at) => [String(at + 1), 'half']).flat());
      await container.remove({ v: true });
      await one.ended;
      assert.equal(one.kinds.at(-1), 'removed');
    });
  }

  it('is told at once what a running container prints', async () => {
    const container = await create('mkfifo /pipe; echo begun; read line < /pipe; echo $line; sleep 1000');
    await container.start();
    const one = follow(container.id, { tail: 10 });
    await one.until(() => one.texts.length === 1);
    assert.deepEqual(one.kinds, ['following']);
    const exec = await container.exec({ Cmd: ['sh', '-c', 'echo told > /pipe'] });
    await exec.start({});
    await one.until(() => one.texts.length === 2);
    assert.deepEqual(one.texts, ['begun', 'told']);
    await container.remove({ force: true, v: true });
    await one.ended;
    assert.deepEqual(one.kinds.at(-1), 'removed');
  });

  it('goes on behind the last line each time that the connection breaks, with all lines and none twice', async () => {
    const door = new Door(engineHost);
    await door.open();
    try {
      const script = `
        (seq 1 20000 | while read i; do echo out $i; done) &
        (seq 1 20000 | while read i; do echo err $i >&2; done) &
        wait`;
      const container = await create(script);
      await container.start();
      const one = new Followed(connect(`unix://${door.path}`), container.id);
      followed.push(one);
      for (const count of [100, 5000, 12_000, 25_000]) {
        await one.until(() => one.lines.length >= count);
        await door.close();
        await one.untilKind('engine-lost');
        await door.open();
        one.follower.tryNow();
        await one.until(() => one.states.at(-1)?.kind !== 'engine-lost');
      }
      await one.untilKind('ended');
      const wanted = await linesOf(container.id);
      assert.equal(wanted.length, 40_000);
      assert.equal(one.lines.length, wanted.length);
      assert.ok(wanted.every(({ text }, at) => one.lines[at]?.text === text));
      assert.equal(one.kinds.filter((kind) => kind === 'engine-lost').length, 4);
    } finally {
      await door.close();
    }
  });

  it('says that a log is kept where it cannot be read', async () => {
    const container = await create('sleep 1000', { HostConfig: { LogConfig: { Type: 'none' } } });
    await container.start();
    const one = follow(container.id);
    await one.ended;
    const state = one.states.at(-1);
    assert.ok(state?.kind === 'failed');
    assert.equal(state.failure.reason, 'engine-refused');
  });

  // The way is the same with each engine.
  if (engineName !== '28') return;

  it('goes on when the engine was lost in the middle, without losing or doubling a line', async () => {
    const running = await findRunning('28');
    assert.ok(running !== undefined);
    const container = await create('while true; do i=$((i+1)); echo $i; done | head -n 3000000; sleep 1000');
    await container.start();
    const one = follow(container.id);
    await one.until(() => one.lines.length > 2000);
    process.kill(running.pid, 'SIGKILL');
    try {
      await one.untilKind('engine-lost');
    } finally {
      await startEngine('28', quietLog);
    }
    one.follower.tryNow();
    await one.untilKind('ended');
    const wanted = (await linesOf(container.id)).map(({ text }) => text);
    assert.ok(wanted.length > 2000);
    assert.deepEqual(one.texts.length, wanted.length);
    assert.deepEqual(one.texts, wanted);
    await container.remove({ v: true });
    await one.ended;
    assert.equal(one.kinds.at(-1), 'removed');
  });
});
