import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Api } from '../../src/ui/register-commands.js';
import { api, failsWith, hostData, projectFolder } from './support.js';

const image = 'busybox:stand-in';

describe('the commands, from code, as an unprivileged user', function () {
  this.timeout(120_000);
  const { scratch } = hostData();
  let commands: Api;
  before(async () => {
    // Root may write everywhere, which would make the tests of permissions pass for nothing.
    assert.notEqual(process.getuid?.(), 0, 'these tests do not run as root');
    commands = await api();
  });
  const fresh = async (name: string): Promise<string> => {
    const folder = join(scratch, name);
    await mkdir(folder, { recursive: true });
    return folder;
  };

  it('do the main job', async () => {
    const project = projectFolder();
    const { images, record } = await commands.execute('buildImage', {
      dockerfile: join(project, 'Dockerfile'),
      tag: 'test-host:1',
    });
    assert.deepEqual(
      images.map(({ platform, reference }) => ({ platform, reference })),
      [{ platform: 'linux/amd64', reference: 'test-host:1' }],
    );
    const kept = JSON.parse(await readFile(record, 'utf8')) as { git: { dirty: boolean } };
    assert.equal(kept.git.dirty, false, 'keeping a record does not make the tree dirty');

    const output = join(scratch, 'results');
    const run = await commands.execute('runImage', { image: 'test-host:1', output, keep: false });
    assert.equal(run.exitCode, 0);
    assert.deepEqual((await readdir(output)).sort(), ['convergence.png', 'estimates.csv']);
    assert.equal((await readFile(join(output, 'estimates.csv'), 'utf8')).split('\n').length, 7);

    const folder = join(scratch, 'bundle');
    const bundle = await commands.execute('exportBundle', { images: ['test-host:1'], folder });
    assert.deepEqual((await readdir(folder)).sort(), bundle.files.map((file) => file.name).sort());
    const { ok, checks } = await commands.execute('verifyBundle', { folder, run: true });
    assert.ok(ok, JSON.stringify(checks));

    const other = join(scratch, 'bundle-zstd');
    const zstd = await commands.execute('exportBundle', {
      images: ['test-host:1'],
      folder: other,
      compression: 'zstd',
    });
    assert.ok(zstd.files.some(({ name, size }) => name.endsWith('.tar.zst') && size > 4 << 20));
    const verified = await commands.execute('verifyBundle', { folder: other, load: false });
    assert.ok(verified.ok, JSON.stringify(verified.checks));
    const tarOf = async (bundleFolder: string): Promise<unknown> => {
      const { images: archived } = JSON.parse(await readFile(join(bundleFolder, 'bundle.json'), 'utf8')) as {
        images: { tarSha256: string }[];
      };
      return archived[0]?.tarSha256;
    };
    assert.equal(await tarOf(other), await tarOf(folder), 'whatever compresses it');
    await assert.rejects(
      commands.execute('verifyBundle', { folder, engine: 'no-such-engine' }),
      failsWith('invalid-argument'),
    );
  });

  it('save an image to a file that is the same each time, and load it', async () => {
    const file = join(scratch, 'busybox.tar');
    const saved = await commands.execute('saveImage', { image, file });
    const again = await commands.execute('saveImage', { image, file: join(scratch, 'again.tar') });
    assert.equal(saved.sha256, again.sha256);
    await assert.rejects(commands.execute('saveImage', { image, file }), failsWith('file-exists'));
    await commands.execute('saveImage', { image, file, existing: 'replace' });
    const { references } = await commands.execute('loadImage', { file });
    assert.deepEqual(references, [image]);
    await assert.rejects(
      commands.execute('loadImage', { file: join(scratch, 'nothing.tar') }),
      failsWith('file-unreadable'),
    );
    const broken = join(scratch, 'broken.tar');
    await writeFile(broken, 'this is no archive');
    await assert.rejects(commands.execute('loadImage', { file: broken }), (error: unknown) => {
      return error instanceof Error && 'reason' in error && error.reason !== 'internal';
    });
  });

  it('create a volume once', async () => {
    assert.deepEqual(await commands.execute('createVolume', { name: 'test-host' }), { name: 'test-host' });
    await assert.rejects(commands.execute('createVolume', { name: 'test-host' }), failsWith('name-in-use'));
    await assert.rejects(commands.execute('createVolume', { name: 'no/name' }), failsWith('invalid-argument'));
  });

  it('export a volume to a file, and import it into another one', async () => {
    await commands.execute('createVolume', { name: 'test-host-exported' });
    const file = join(scratch, 'volume.tar.gz');
    const exported = await commands.execute('exportVolume', { name: 'test-host-exported', file });
    assert.deepEqual(exported, { name: 'test-host-exported', file });
    await assert.rejects(
      commands.execute('exportVolume', { name: 'test-host-exported', file }),
      failsWith('file-exists'),
    );
    await commands.execute('importVolume', { name: 'test-host-imported', file });
    await assert.rejects(
      commands.execute('exportVolume', { name: '../x', file: join(scratch, 'other.tar') }),
      failsWith('volume-not-found'),
    );
  });

  it('say that there is no container to look into', async () => {
    for (const command of ['openShell', 'showLogs'] as const) {
      await assert.rejects(
        commands.execute(command, { container: 'no-such-container' }),
        failsWith('container-not-found'),
      );
      await assert.rejects(commands.execute(command, { container: '../x' }), failsWith('invalid-argument'));
    }
  });

  it('say that an image cannot be pulled', async () => {
    await assert.rejects(
      commands.execute('pullImage', { reference: '127.0.0.1:1/nothing:here' }),
      failsWith('registry-unreachable'),
    );
    await assert.rejects(commands.execute('pullImage', { reference: 'Not Valid' }), failsWith('invalid-argument'));
  });

  it('diagnose the engines, and select one', async () => {
    const report = await commands.execute('diagnoseEngine', {});
    const used = report.endpoints.find(({ source }) => source === 'setting');
    assert.deepEqual(used && { name: used.name, state: used.state }, { name: 'Setting', state: 'ok' });
    for (const { state, remedy } of report.endpoints) assert.ok(state === 'ok' || remedy !== undefined);
    await assert.rejects(commands.execute('selectEngine', { name: 'no such engine' }), failsWith('invalid-argument'));
    const selected = await commands.execute('selectEngine', { name: 'Setting' });
    assert.deepEqual(selected, { name: 'Setting', host: hostData().engineHost });
    assert.equal((await commands.execute('diagnoseEngine', {})).chosen, 'Setting');
    assert.deepEqual(await commands.execute('selectEngine', { name: '' }), selected);
  });

  it('refuse what the contract does not know', async () => {
    const wrong: unknown[] = [
      {},
      { image: '' },
      { image, output: 'relative' },
      { image, unknown: 1 },
      { image, existing: 'x' },
    ];
    for (const argument of wrong) {
      await assert.rejects(commands.execute('runImage', argument as { image: string }), failsWith('invalid-argument'));
    }
    await assert.rejects(commands.execute('toString' as 'runImage', { image }), failsWith('invalid-argument'));
  });

  it('carry remedy and reason in the message where only a message survives', async () => {
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand('researchContainers.runImage', { image: 'nothing:here' })),
      /There is no image nothing:here.* build or pull it first\. \[image-not-found\]/,
    );
  });

  it('say that an output folder cannot be written, and leave nothing', async () => {
    const locked = await fresh('locked');
    await chmod(locked, 0o555);
    await assert.rejects(
      commands.execute('runImage', { image, output: join(locked, 'out'), target: '/out', command: ['true'] }),
      failsWith('output-not-writable'),
    );
    await assert.rejects(
      commands.execute('runImage', { image, output: locked, existing: 'use', target: '/out', command: ['true'] }),
      failsWith('output-not-writable'),
    );
    await assert.rejects(
      commands.execute('exportBundle', { images: [image], folder: join(locked, 'bundle') }),
      failsWith('folder-not-writable'),
    );
    assert.deepEqual(await readdir(locked), []);
  });

  it('say that the build context cannot be read', async () => {
    const folder = await fresh('unreadable');
    await writeFile(join(folder, 'Dockerfile'), `FROM ${image}\nCOPY . /x\n`);
    await writeFile(join(folder, 'private'), 'x', { mode: 0o000 });
    await assert.rejects(
      commands.execute('buildImage', { dockerfile: join(folder, 'Dockerfile'), tag: 'test-host:unreadable' }),
      failsWith('context-unreadable'),
    );
  });

  it('can be cancelled, each in the middle', async () => {
    const folder = await fresh('cancel');
    await writeFile(join(folder, 'Dockerfile'), `FROM ${image}\nRUN echo started && sleep 300\n`);
    const cancelOn = (wanted: (text: string) => boolean): Parameters<Api['execute']>[2] & object => {
      const abort = new AbortController();
      return {
        signal: abort.signal,
        onProgress: ({ message, output }) => {
          if (wanted(output ?? message)) abort.abort();
        },
      };
    };
    const started = cancelOn((text) => / started$/.test(text));
    await assert.rejects(
      commands.execute(
        'buildImage',
        { dockerfile: join(folder, 'Dockerfile'), tag: 'test-host:cancel', noCache: true },
        started,
      ),
      failsWith('cancelled'),
    );
    await assert.rejects(
      commands.execute(
        'runImage',
        { image, command: ['sh', '-c', 'echo started; sleep 300'] },
        cancelOn((text) => text === 'started'),
      ),
      failsWith('cancelled'),
    );
    const metadata = { title: 'x', creators: [{ name: 'x' }] };
    await assert.rejects(
      commands.execute(
        'exportBundle',
        { images: ['test-host:1'], folder: join(folder, 'bundle'), metadata },
        cancelOn((text) => text.startsWith('Archiving')),
      ),
      failsWith('cancelled'),
    );
    assert.deepEqual(await readdir(folder), ['Dockerfile']);
  });
});
