import assert from 'node:assert/strict';
import { attachContainer, type Attachment } from '../../src/engine/attach.js';
import { inspectContainer } from '../../src/engine/containers.js';
import { linesText, screenText } from '../../src/ui/shell/terminal-output.js';
import { connectTo } from '../harness/engines/connect.js';
import { waitFor } from '../harness/machine/waiting.js';
import { busybox, connect, engineHost, engineName, failsWith } from './support.js';

describe(`attaching to a container of engine ${engineName}`, function () {
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
  const start = async (script: string, more: object = {}): Promise<string> => {
    const container = await docker.createContainer({ Image: busybox, Cmd: ['sh', '-c', script], ...more });
    made.push(container.id);
    await container.start();
    return container.id;
  };
  const follow = (attachment: Attachment): { text: string; ended: Promise<void> } => {
    const { stream, kind } = attachment;
    const heard = { text: '', ended: Promise.resolve() };
    const read = async (): Promise<void> => {
      for await (const text of kind === 'terminal' ? screenText(stream) : linesText(stream)) heard.text += text;
    };
    heard.ended = read();
    return heard;
  };
  const shows = (heard: { text: string }, text: string): Promise<unknown> =>
    waitFor(`“${text}”`, () => heard.text.includes(text), { within: 20_000 });

  it('gives the keys to a program with a terminal, which goes on without it', async () => {
    const script = 'while read -r line; do echo "heard $line $((40 + 2)) ü"; stty size; done';
    const id = await start(script, { Tty: true, OpenStdin: true, StdinOnce: true });
    for (const word of ['one', 'two']) {
      const attachment = await attachContainer(connection, id, signal);
      assert.deepEqual([attachment.kind, attachment.takesInput], ['terminal', true]);
      const heard = follow(attachment);
      heard.ended.catch(() => undefined);
      await attachment.resize({ columns: 77, rows: 33 });
      attachment.stream.write(`${word}\r`);
      await shows(heard, `heard ${word} 42 ü`);
      await shows(heard, '33 77');
      attachment.stream.destroy();
      assert.equal((await inspectContainer(connection, id)).state, 'running');
    }
  });

  it('shows both outputs of a program without a terminal, and how it ended', async () => {
    const script = 'while [ ! -e /tmp/go ]; do sleep 0.1; done; echo out; echo err >&2; exit 6';
    const id = await start(script);
    const attachment = await attachContainer(connection, id, signal);
    assert.deepEqual([attachment.kind, attachment.takesInput], ['output', false]);
    const heard = follow(attachment);
    await attachment.resize({ columns: 77, rows: 33 });
    const exec = await docker.getContainer(id).exec({ Cmd: ['touch', '/tmp/go'] });
    await exec.start({});
    await heard.ended;
    assert.deepEqual(heard.text.trim().split('\r\n').sort(), ['err', 'out']);
    assert.equal(await attachment.exitCode(), 6);
  });

  it('says that the program goes on where only the connection ended, and that the container is gone', async () => {
    const id = await start('sleep 300');
    const attachment = await attachContainer(connection, id, signal);
    attachment.stream.destroy();
    assert.equal(await attachment.exitCode(), undefined);
    await docker.getContainer(id).remove({ force: true });
    await assert.rejects(attachment.exitCode(), failsWith('container-not-found'));
  });

  it('is refused for a container that does not run, or is not there', async () => {
    const { id } = await docker.createContainer({ Image: busybox, Cmd: ['true'] });
    await assert.rejects(attachContainer(connection, id, signal), failsWith('container-not-running'));
    await docker.getContainer(id).remove();
    await assert.rejects(attachContainer(connection, id, signal), failsWith('container-not-found'));
  });
});
