import assert from 'node:assert/strict';
import { type EngineConnection } from '../../../../src/engine/connection.js';
import { MergedLines } from '../../../../src/ui/logs/merged-lines.js';
import { textOf } from '../../../../src/ui/logs/log-rows.js';
import { ProjectLog } from '../../../../src/ui/logs/project-log.js';
import { EngineDouble } from '../../compose/engine-double.js';

describe('the logs of a project', () => {
  let engine: EngineDouble;
  let connection: EngineConnection;
  let log: ProjectLog | undefined;
  let changed = (): void => undefined;

  beforeEach(async () => {
    engine = await EngineDouble.start();
    connection = engine.connect();
  });

  afterEach(async () => {
    log?.stop();
    connection.dispose();
    await engine.stop();
  });

  /** Looks after each change of the log until it is so; a test that waits for ever ends by mocha's time limit. */
  async function until(isSo: (log: ProjectLog) => boolean): Promise<ProjectLog> {
    for (;;) {
      const next = new Promise<void>((resolve) => (changed = resolve));
      if (log !== undefined && isSo(log)) return log;
      await next;
    }
  }

  function begin(services: string[] = []): ProjectLog {
    const onChange = (): void => {
      changed();
    };
    // Everything is told at once here: others are waited for only until they have said what they have to say.
    log = new ProjectLog(connection, { name: 'app', services }, onChange, () => new MergedLines(50, 1000, 0));
    log.begin('all');
    return log;
  }

  function text({ buffer }: ProjectLog): string[] {
    const pieces = [...textOf(buffer, false, (number) => log?.sourceOf(number))];
    return pieces.join('').trimEnd().split('\n');
  }

  it('are one, in the order of their times, with what each line comes from', async () => {
    engine.add('aa', {
      service: 'web',
      number: 1,
      lines: [
        [1, 'web early'],
        [3, 'web late'],
      ],
    });
    engine.add('bb', { service: 'worker', number: 1, lines: [[2, 'work']] });
    begin();
    const shown = await until(({ buffer }) => buffer.end === 3);
    assert.deepEqual(text(shown), ['web-1    | web early', 'worker-1 | work', 'web-1    | web late']);
    const colours = [0, 1, 2].map((number) => shown.sourceOf(number)?.colour);
    assert.deepEqual(colours, [0, 1, 0]);
    assert.deepEqual([shown.status.kind, shown.head], ['following', '']);
  });

  it('go on with a container that is made while they are open, in the colour of its service', async () => {
    engine.add('aa', { service: 'web', number: 1, lines: [[1, 'old']] });
    begin();
    const before = await until(({ buffer }) => buffer.end === 1);
    const { generation } = before;
    assert.equal(before.sourceOf(0)?.name, 'web-1');
    engine.add('bb', { service: 'db', number: 1, lines: [[4, 'data']] });
    engine.add('cc', { service: 'web', number: 10, lines: [[5, 'new']] });
    const shown = await until(({ buffer }) => buffer.end === 3);
    assert.deepEqual(text(shown), ['web-1  | old', 'db-1   | data', 'web-10 | new']);
    assert.deepEqual(
      [0, 1, 2].map((number) => shown.sourceOf(number)?.colour),
      [0, 1, 0],
    );
    // Names have become wider: what is shown is to be asked for again.
    assert.ok(shown.generation > generation);
  });

  it('are those of the services that are wanted', async () => {
    engine.add('aa', { service: 'web', number: 1, lines: [[1, 'web']] });
    engine.add('bb', { service: 'db', number: 1, lines: [[2, 'db']] });
    begin(['db']);
    assert.deepEqual(text(await until(({ buffer }) => buffer.end > 0)), ['db-1 | db']);
  });

  it('wait for the first container, and are read anew from their beginning', async () => {
    const shown = begin();
    await until(({ status }) => status.kind === 'not-started');
    assert.match(shown.empty, /appear here/);
    engine.add('aa', {
      service: 'web',
      number: 1,
      lines: [
        [1, 'one'],
        [2, 'two'],
      ],
    });
    await until(({ buffer }) => buffer.end === 2);
    shown.clear();
    assert.match(shown.empty, /cleared/);
    shown.begin('all');
    await until(({ buffer }) => buffer.end - buffer.first === 2);
    assert.deepEqual(text(shown), ['web-1 | one', 'web-1 | two']);
  });

  it('say that the engine is lost', async () => {
    engine.add('aa', { service: 'web', number: 1, lines: [[1, 'one']] });
    begin();
    await until(({ buffer }) => buffer.end === 1);
    await engine.stop();
    const { status } = await until(({ status: { kind } }) => kind === 'engine-lost');
    assert.match(status.text, /does not answer/);
  });
});
