import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeResults } from '../../../src/bundle/result-files.js';
import { type Reason } from '../../../src/host/failure.js';
import { listOutputs } from '../../../src/run/list-outputs.js';
import { type FinishedRecord, logFileOf, runsFolder, writeRunRecord } from '../../../src/run/record.js';
import { bare } from '../run/record-samples.js';
import { failing } from '../failing.js';
import { readZip, textsInZip } from './zip-members.js';

const never = new AbortController().signal;

describe('the results of a bundle', () => {
  let root: string;
  let project: string;
  let bundle: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'results-'));
    project = join(root, 'project');
    bundle = join(root, 'bundle');
    await mkdir(project);
    await mkdir(bundle);
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const put = async (name: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), content);
  };
  /** A run that has just left what is in a folder. */
  const run = async (
    name: string,
    folder: string,
    more: Partial<FinishedRecord> = {},
  ): Promise<{ file: string; record: FinishedRecord }> => {
    const outputs = await listOutputs(join(project, folder), { signal: never });
    const record = { ...bare, output: { folder, target: '/output' }, outputs, ...more };
    const file = join(runsFolder(project), `${name}.json`);
    await writeRunRecord(file, record);
    return { file, record };
  };
  const zipped = (): Promise<Record<string, string>> => textsInZip(join(bundle, 'results.zip'));
  const logOf = (text: string): { file: string; size: number; sha256: string } => ({
    file: 'a.log',
    size: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  });

  it('are records, logs and outputs of runs, in their order', async function () {
    if (process.platform === 'win32') this.skip();
    await put('out/b/größe 結果.csv', '1,2\n');
    await put('out/a', '');
    await put('out/tool', '#!');
    await chmod(join(project, 'out/tool'), 0o755);
    await symlink('b/größe 結果.csv', join(project, 'out/latest'));
    const first = await run('a', 'out', { log: logOf('done\n') });
    await writeFile(logFileOf(first.file), 'done\n');
    await put('other/a', 'x');
    const second = await run('b', 'other');

    const results = await writeResults([second, first], bundle, never);
    assert.deepEqual(results, {
      written: [{ name: 'results.zip', what: 'record, log and outputs of 2 runs' }],
      missing: [],
      runs: [
        { folder: 'run-1', record: second.record },
        { folder: 'run-2', record: first.record },
      ],
    });
    const members = await readZip(join(bundle, 'results.zip'));
    assert.deepEqual(
      members.map(({ name, mode, content }) => [name, mode, name.endsWith('.json') ? '' : content.toString()]),
      [
        ['run-1/record.json', '100644', ''],
        ['run-1/outputs/a', '100644', 'x'],
        ['run-2/record.json', '100644', ''],
        ['run-2/log.txt', '100644', 'done\n'],
        ['run-2/outputs/a', '100644', ''],
        ['run-2/outputs/b/größe 結果.csv', '100644', '1,2\n'],
        ['run-2/outputs/latest', '120777', 'b/größe 結果.csv'],
        ['run-2/outputs/tool', '100755', '#!'],
      ],
    );
    assert.ok(members[0]?.content.equals(await readFile(second.file)));
    assert.deepEqual(await readdir(bundle), ['results.zip']);
  });

  it('are not written without a run', async () => {
    assert.deepEqual(await writeResults([], bundle, never), {
      written: [],
      missing: [{ name: 'results.zip', why: 'No finished run was chosen.' }],
      runs: [],
    });
    assert.deepEqual(await readdir(bundle), []);
  });

  it('leave out and name what is not as the run left it', async function () {
    if (process.platform === 'win32') this.skip();
    for (const name of ['same', 'longer', 'other', 'gone', 'folder', 'linked', 'in/x']) await put(`out/${name}`, 'abc');
    await symlink('same', join(project, 'out/turned'));
    await symlink('same', join(project, 'out/replaced'));
    const { file, record } = await run('a', 'out', { log: logOf('gone') });
    await put('out/longer', 'abcd');
    await put('out/other', 'abd');
    for (const name of ['gone', 'folder', 'linked', 'turned', 'replaced', 'in']) {
      await rm(join(project, 'out', name), { recursive: true });
    }
    await mkdir(join(project, 'out/folder'));
    await put('out/in', 'abc');
    await symlink('same', join(project, 'out/linked'));
    await symlink('other', join(project, 'out/turned'));
    await put('out/replaced', 'same');

    const { missing } = await writeResults([{ file, record }], bundle, never);
    const [changed, gone] = ['It has changed since the run.', 'It is not there any more.'];
    assert.deepEqual(
      missing.map(({ name, why }) => [name.replace('results.zip/run-1/', ''), why]),
      [
        ['log.txt', gone],
        ['outputs/folder', changed],
        ['outputs/gone', gone],
        ['outputs/in/x', gone],
        ['outputs/linked', changed],
        ['outputs/longer', changed],
        ['outputs/other', changed],
        ['outputs/replaced', changed],
        ['outputs/turned', changed],
      ],
    );
    assert.deepEqual(Object.keys(await zipped()), ['run-1/record.json', 'run-1/outputs/same']);
  });

  it('leave out what nothing says the content of', async () => {
    await put('out/a', 'abc');
    const { file, record } = await run('a', 'out');
    const { missing } = await writeResults(
      [
        {
          file,
          record: {
            ...record,
            outputs: [
              { path: 'a', size: 3 },
              { path: 'closed/', size: 0 },
            ],
          },
        },
      ],
      bundle,
      never,
    );
    assert.deepEqual(
      missing.map(({ why }) => why),
      ['The file could not be read when the run ended.', 'The folder could not be read when the run ended.'],
    );
  });

  it('never lead out of the folder, by links or by a record', async function () {
    if (process.platform === 'win32') this.skip();
    await put('secret', 'abc');
    await put('out/deep/a', 'abc');
    const links = {
      ...{ 'deep/inside': '../deep/a', self: '.', dangling: 'nothing', 'deep/top': '..' },
      ...{ 'deep/up': '../../secret', absolute: '/etc/passwd', up: '..', winding: 'deep/../../secret' },
    };
    for (const [name, target] of Object.entries(links)) await symlink(target, join(project, 'out', name));
    const { file, record } = await run('a', 'out');
    const sha256 = createHash('sha256').update('abc').digest('hex');
    record.outputs.push({ path: '../secret', size: 3, sha256 }, { path: join(project, 'secret'), size: 3, sha256 });
    const { missing } = await writeResults([{ file, record }], bundle, never);
    assert.deepEqual(Object.keys(await zipped()), [
      'run-1/record.json',
      ...['dangling', 'deep/a', 'deep/inside', 'deep/top', 'self'].map((name) => `run-1/outputs/${name}`),
    ]);
    assert.deepEqual(
      missing.map(({ why }) => why),
      [
        ...Array<string>(4).fill('The link leads out of the output folder.'),
        ...Array<string>(2).fill('Not every system can have a file of this name.'),
      ],
    );
  });

  it('name a folder that is gone once, and no path of this machine', async () => {
    for (const name of ['a', 'b', 'c']) await put(`out/${name}`, name);
    const one = await run('a', 'out');
    await rm(join(project, 'out'), { recursive: true });
    const { missing } = await writeResults([one], bundle, never);
    assert.deepEqual(missing, [
      { name: 'results.zip/run-1/outputs', why: 'The output folder of the run is not there any more.' },
    ]);
    assert.deepEqual(Object.keys(await zipped()), ['run-1/record.json']);
  });

  it('say where it is not known what a run left, and nothing of a run that left nothing', async () => {
    const problem = { reason: 'engine-lost', message: 'The engine went away.' };
    await mkdir(join(project, 'out'));
    const unknown = await run('a', 'out', { problem });
    const nothing = await run('b', 'out');
    const { missing } = await writeResults([unknown, nothing], bundle, never);
    assert.deepEqual(
      missing.map(({ name }) => name),
      ['results.zip/run-1/outputs'],
    );
  });

  it('have large files that are compared, too', async () => {
    const large = new Uint8Array(5 * 1024 * 1024);
    await put('out/kept', large);
    await put('out/changed', large);
    const one = await run('a', 'out');
    large[large.length - 1] = 1;
    await put('out/changed', large);
    const { missing } = await writeResults([one], bundle, never);
    assert.deepEqual(
      missing.map(({ name }) => name),
      ['results.zip/run-1/outputs/changed'],
    );
    const members = await readZip(join(bundle, 'results.zip'));
    assert.equal(members[1]?.content.length, large.length);
  });

  it('are not there without a record, nor when they were cancelled', async () => {
    await put('out/a', 'abc');
    const one = await run('a', 'out');
    const rejects = (signal: AbortSignal, reason: Reason): Promise<void> =>
      assert.rejects(writeResults([one], bundle, signal), failing(reason));
    await rejects(AbortSignal.abort(), 'cancelled');
    await rm(one.file);
    await rejects(never, 'file-unreadable');
    assert.deepEqual(await readdir(bundle), []);
  });
});
