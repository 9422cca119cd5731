import assert from 'node:assert/strict';
import { StringDecoder } from 'node:string_decoder';
import { statInContainer } from '../../src/engine/container-files.js';
import { runExec } from '../../src/engine/exec.js';
import { Failure } from '../../src/host/failure.js';
import { findShell, openShell, type Shell } from '../../src/engine/shell.js';
import { connectTo } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { waitFor } from '../harness/machine/waiting.js';
import { busybox, connect, engineHost, engineName, failsWith } from './support.js';

const python = 'python:3.11-slim-bookworm';
const within = { within: 20_000 };
const size = { columns: 91, rows: 37 };

/** What a shell shows, as text. */
class Screen {
  text = '';
  readonly ended: Promise<void>;

  constructor(readonly shell: Shell) {
    const decoder = new StringDecoder('utf8');
    this.ended = new Promise((resolve) => {
      shell.stream.on('data', (chunk: Buffer) => (this.text += decoder.write(chunk)));
      shell.stream.on('error', () => undefined);
      shell.stream.on('close', () => {
        resolve();
      });
    });
  }

  type(text: string): void {
    this.shell.stream.write(text);
  }

  /** Waits for what a command prints: written in a way that the command itself is not it. */
  async shows(text: string): Promise<void> {
    await waitFor(`“${text}” in ${JSON.stringify(this.text.slice(-300))}`, () => this.text.includes(text), within);
  }
}

describe(`a shell in a container of engine ${engineName}`, function () {
  this.timeout(60_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  const { signal } = new AbortController();
  const made: string[] = [];
  afterEach(async () => {
    for (const id of made.splice(0)) {
      await docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
    }
  });
  after(() => {
    connection.dispose();
  });

  const start = async (Image = busybox, more: object = {}): Promise<string> => {
    const container = await docker.createContainer({ Image, Cmd: ['sleep', '300'], ...more });
    made.push(container.id);
    await container.start();
    return container.id;
  };
  const open = async (id: string, over = connection, user?: string): Promise<Screen> => {
    const options = { signal, ...(user === undefined ? {} : { user }) };
    return new Screen(await openShell(over, id, await findShell(over, id, options), { ...options, size }));
  };
  /** The commands of all processes, without that of looking. */
  const processes = async (id: string): Promise<string[]> => {
    const look = 'for each in /proc/[0-9]*; do cat $each/cmdline 2> /dev/null | tr "\\0" " "; echo; done';
    const { stdout } = await runExec(connection, id, { command: ['sh', '-c', look], user: '0' }, { signal });
    const lines = stdout
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim());
    return lines.filter((line) => line !== '' && !/\/cmdline|^tr /.test(line)).sort();
  };

  it('takes what is typed and shows what it prints, in characters that are more than a byte', async () => {
    const screen = await open(await start());
    screen.type('echo "$((40 + 2)) über 画像 $TERM"\n');
    await screen.shows('42 über 画像 xterm-256color');
    screen.type('exit 7\n');
    await screen.ended;
    assert.equal(await screen.shell.exitCode(), 7);
    await screen.shell.end();
  });

  it('has its size before it prints anything, and takes another one', async () => {
    const id = await start();
    const first = { script: ['sh'], interactive: ['stty', 'size'] };
    const told = new Screen(await openShell(connection, id, first, { size, signal }));
    await told.ended;
    assert.equal(told.text.trim(), '37 91');
    const screen = await open(id);
    await screen.shell.resize({ columns: 120, rows: 50 });
    screen.type('stty size\n');
    await screen.shows('50 120');
    await screen.shell.end();
  });

  it('is bash where the container has it, else sh', async () => {
    const both = await findShell(connection, await start(python), { signal });
    assert.match(both.interactive.join(' '), /^\/\S*bash$/);
    const only = await findShell(connection, await start(), { signal });
    assert.deepEqual(only, { script: ['sh'], interactive: ['sh'] });
    const screen = await open(await start(python));
    screen.type('echo "is $((5 + 5)) ${BASH_VERSION%%.*}"; exit\n');
    await screen.shows('is 10 5');
    await screen.ended;
    assert.equal(await screen.shell.exitCode(), 0);
  });

  it('interrupts a program with Ctrl-C, and lives on', async () => {
    const id = await start();
    const screen = await open(id);
    screen.type('sleep 1000\n');
    await waitFor('it to sleep', async () => (await processes(id)).includes('sleep 1000'), within);
    screen.type('\u0003');
    screen.type('echo "still $((1 + 1))"\n');
    await screen.shows('still 2');
    await screen.shell.end();
  });

  for (const image of [busybox, python]) {
    it(`ends with all that was started in it, in ${image}`, async () => {
      const id = await start(image);
      const before = await processes(id);
      const screen = await open(id);
      screen.type('sleep 1001 & sh -c "trap : HUP TERM INT; while :; do sleep 1002; done" & cat\n');
      await waitFor('them to run', async () => (await processes(id)).some((each) => each === 'cat'), within);
      await waitFor('them to run', async () => (await processes(id)).includes('sleep 1002'), within);
      await screen.shell.end();
      assert.deepEqual(await processes(id), before);
    });
  }

  it('leaves what was told to go on without it, and other shells', async () => {
    const id = await start(python);
    const [screen, other] = [await open(id), await open(id)];
    other.type('sleep 1005; echo\n');
    screen.type('nohup sleep 1003 & setsid sleep 1004 & sleep 1006\n');
    for (const each of ['1003', '1004', '1005', '1006'])
      await waitFor(each, async () => (await processes(id)).includes(`sleep ${each}`), within);
    await screen.shell.end();
    const left = (await processes(id)).filter((each) => each.startsWith('sleep'));
    assert.deepEqual(
      left.filter((each) => !/ (?:1003|1004)$/.test(each)),
      ['sleep 1005', 'sleep 300'],
    );
    assert.ok(left.includes('sleep 1004'));
    // An engine that was started to ignore hangups lets all its programs do so: then only leaving counts.
    const { stdout } = await runExec(connection, id, { command: ['grep', 'SigIgn', '/proc/1/status'] }, { signal });
    const allIgnore = /[13579bdf]$/.test(stdout.toString('utf8').trim());
    assert.equal(left.includes('sleep 1003'), !allIgnore);
    await other.shell.end();
  });

  it('ends at once after it was opened, and as another user', async () => {
    const id = await start();
    const before = await processes(id);
    for (const user of [undefined, '1000:1000', undefined]) {
      const screen = await open(id, connection, user);
      await screen.shell.end();
      assert.deepEqual(await processes(id), before);
    }
  });

  it('has an exit code where it left something behind, which goes on', async () => {
    const id = await start();
    const screen = await open(id);
    screen.type('sleep 1007 &\n');
    await waitFor('it to run', async () => (await processes(id)).includes('sleep 1007'), within);
    screen.type('exit 3\n');
    await screen.ended;
    assert.equal(await screen.shell.exitCode(), 3);
    await screen.shell.end();
    assert.ok((await processes(id)).includes('sleep 1007'));
  });

  it('is not found in a container with nothing but its program', async () => {
    const bare = 'cp /bin/busybox /rm; cp /bin/busybox /sleep; /rm -rf /bin /usr /sbin /rm; exec /sleep 300';
    const id = await start(busybox, { Cmd: ['sh', '-c', bare] });
    const hasShell = async (): Promise<boolean> => (await statInContainer(connection, id, '/bin/sh')) !== undefined;
    await waitFor('it to be bare', async () => !(await hasShell()), within);
    const missing = findShell(connection, id, { signal });
    await assert.rejects(
      missing,
      failsWith('command-not-found', ({ remedy }) => remedy.includes('Browse Files')),
    );
  });

  it('is not opened in a container that does not run, or is not there', async () => {
    const id = await start();
    await docker.getContainer(id).pause();
    await assert.rejects(findShell(connection, id, { signal }), failsWith('container-not-running'));
    await docker.getContainer(id).kill();
    await assert.rejects(findShell(connection, id, { signal }), failsWith('container-not-running'));
    await docker.getContainer(id).remove();
    await assert.rejects(findShell(connection, id, { signal }), failsWith('container-not-found'));
  });

  it('says that it ended with its container', async () => {
    const id = await start();
    const screen = await open(id);
    await screen.shows('#');
    await docker.getContainer(id).kill();
    await screen.ended;
    await assert.rejects(screen.shell.exitCode(), failsWith('container-not-running'));
    await screen.shell.end();
  });

  it('says that its container was removed meanwhile', async () => {
    const id = await start();
    const screen = await open(id);
    await screen.shows('#');
    await docker.getContainer(id).remove({ force: true });
    await screen.ended;
    await assert.rejects(screen.shell.exitCode(), failsWith('container-not-found'));
    await screen.shell.end();
  });

  it('says that the engine was lost', async () => {
    const door = new Door(engineHost);
    await door.open();
    const through = connect(`unix://${door.path}`);
    try {
      const screen = await open(await start(), through);
      await screen.shows('#');
      await door.close();
      await screen.ended;
      const isGone = (error: unknown): boolean => error instanceof Failure && error.reason.startsWith('engine-');
      await assert.rejects(screen.shell.exitCode(), isGone);
      await assert.rejects(screen.shell.end(), isGone);
    } finally {
      through.dispose();
      await door.close();
    }
  });

  it('is heard whole however much it prints', async () => {
    const screen = await open(await start());
    screen.type('i=0; while [ $i -lt 20000 ]; do echo "line $i über"; i=$((i+1)); done; exit\n');
    await screen.ended;
    assert.match(screen.text, /line 0 über[^]*line 19999 über/);
    assert.equal(screen.text.match(/line \d+ über\r\n/g)?.length, 20_000);
    assert.equal(await screen.shell.exitCode(), 0);
  });
});
