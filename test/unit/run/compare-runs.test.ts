import assert from 'node:assert/strict';
import { compareRuns, type ComparedEntry, summaryOf } from '../../../src/run/compare-runs.js';
import { type FinishedRecord, type OutputFile, type RunningRecord } from '../../../src/run/record.js';
import { sha, running, aCsv, record, lost, bare } from './record-samples.js';

type Change = Partial<FinishedRecord>;

/** An entry as `name state: left | right`, with `-` for what is not there. */
const shown = (entry: ComparedEntry): string =>
  `${entry.name} ${entry.state}: ${entry.left ?? '-'} | ${entry.right ?? '-'}`;

const only = (entries: readonly ComparedEntry[], name: string): string | undefined => {
  const found = entries.filter((entry) => entry.name === name).map(shown);
  assert.ok(found.length <= 1, `${name} is there ${found.length} times`);
  return found[0]?.slice(name.length + 1);
};

const input = (name: string, left: Change, right: Change): string | undefined =>
  only(compareRuns({ ...record, ...left }, { ...record, ...right }).inputs, name);

const compareOutputs = (left: OutputFile[], right: OutputFile[]): ComparedEntry[] => {
  const { outputs } = compareRuns({ ...record, outputs: left }, { ...record, outputs: right });
  assert.ok(outputs.kind === 'compared');
  return outputs.entries;
};

const states = (entries: readonly ComparedEntry[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ name, state }) => [name, state]));

describe('two runs', () => {
  it('that are equal are the same in all that is known', () => {
    const { inputs, environment, outputs } = compareRuns(record, { ...record, container: { id: 'c9', name: 'other' } });
    const same = (name: string, text: string): string => `${name} same: ${text} | ${text}`;
    assert.deepEqual(inputs.map(shown), [
      same('image', 'lab/analysis:1'),
      same('image identity', 'configuration 222222222222'),
      same('platform', 'linux/amd64'),
      same('command', "python 'my run.py'"),
      same('output folder in the container', '/output'),
      same('mount /data', 'folder data (read-only)'),
      same('mount /weights', 'volume weights'),
      same('port 6006', 'any free port'),
      same('port 8888', '80'),
      same('memory limit', '536870912 bytes'),
      same('CPU limit', '1.5'),
      same('GPUs', '0, 1'),
      same('user', '1000:100'),
      same('interactive', 'no'),
      same('commit', 'abcdef'),
    ]);
    assert.deepEqual(environment.map(shown), [
      'API_TOKEN unknown: value not kept | value not kept',
      same('LANG', 'C'),
      same('SEED', '1'),
      same('host engine', 'Docker 28.0.1'),
      same('host platform', 'linux/amd64'),
      same('host operating system', 'Debian 12'),
      same('host cores', '8'),
      same('host memory', '16000000000 bytes'),
      same('host GPU', 'NVIDIA A100'),
    ]);
    assert.ok(outputs.kind === 'compared');
    const files = [same('a.csv', '1234 bytes, sha256 aaaaaaaaaaaa'), same('latest', 'link to a.csv')];
    assert.deepEqual(outputs.entries.map(shown), files);
  });

  it('of which one has little differ on one side only, and the other way round', () => {
    const there = compareRuns(record, bare);
    const back = compareRuns(bare, record);
    assert.equal(only(there.inputs, 'user'), 'only-left: 1000:100 | -');
    assert.equal(only(back.inputs, 'user'), 'only-right: - | 1000:100');
    const otherWay = { 'only-left': 'only-right', 'only-right': 'only-left' } as const;
    const mirrored = ({ name, state, left, right }: ComparedEntry): ComparedEntry => ({
      ...{ name, left: right, right: left },
      state: state === 'only-left' || state === 'only-right' ? otherWay[state] : state,
    });
    assert.deepEqual(there.inputs.map(mirrored), back.inputs);
    assert.deepEqual(there.environment.map(mirrored), back.environment);
  });

  it('without anything that may be left out have no empty entries', () => {
    const { inputs, environment, outputs } = compareRuns(bare, bare);
    for (const { left, right } of [...inputs, ...environment]) assert.ok(left !== undefined && right !== undefined);
    const names = inputs.map(({ name }) => name);
    assert.deepEqual(names, ['image', 'image identity', 'platform', 'command', 'interactive']);
    assert.deepEqual(outputs, { kind: 'compared', entries: [] });
  });
});

describe('the inputs of two runs', () => {
  const { image } = record;
  const identity = (left: Partial<typeof image>, right: Partial<typeof image>): string | undefined =>
    input('image identity', { image: { ...image, ...left } }, { image: { ...image, ...right } });

  it('tell images by their configuration where both records have it', () => {
    assert.match(identity({}, { reference: 'other', imageId: 'sha256:other' }) ?? '', /^same: configuration/);
    assert.match(identity({}, { configDigest: `sha256:${sha('9')}` }) ?? '', /^changed: configuration/);
  });

  it('tell images by all their layers in order where one record has no configuration', () => {
    const none = { configDigest: undefined };
    const [both, swapped] = ['layers 333333333333, 444444444444', 'layers 444444444444, 333333333333'];
    assert.equal(identity({}, none), `same: ${both} | ${both}`);
    assert.equal(identity(none, {}), `same: ${both} | ${both}`);
    assert.equal(identity(none, { diffIds: image.diffIds.toReversed() }), `changed: ${both} | ${swapped}`);
    assert.match(identity(none, { diffIds: image.diffIds.slice(0, 1) }) ?? '', /^changed/);
    const unknown = { ...none, diffIds: [] };
    assert.equal(identity(unknown, unknown), 'unknown: layers not known | layers not known');
  });

  it('are the same commit only where nothing was uncommitted', () => {
    const commit = (left: Change['git'], right: Change['git']): string | undefined =>
      input('commit', { git: left }, { git: right });
    const clean = { commit: 'abc', dirty: false };
    const dirty = { commit: 'abc', dirty: true };
    const dirtyText = 'abc with uncommitted changes';
    assert.equal(commit(clean, clean), 'same: abc | abc');
    assert.equal(commit(dirty, dirty), `unknown: ${dirtyText} | ${dirtyText}`);
    assert.equal(commit(clean, dirty), `changed: abc | ${dirtyText}`);
    assert.match(commit(dirty, { commit: 'def', dirty: true }) ?? '', /^changed/);
    assert.equal(commit(clean, undefined), 'only-left: abc | -');
    assert.equal(commit(undefined, undefined), undefined);
  });

  it('tell commands by their words', () => {
    const command = (left: string[], right: string[]): string | undefined =>
      input('command', { command: left }, { command: right });
    assert.equal(command(['sh', '-c', 'a b'], ['sh', '-c', 'a', 'b']), "changed: sh -c 'a b' | sh -c a b");
    assert.equal(command([''], []), "changed: '' | ");
  });

  it('tell mounts by their places, however these are written', () => {
    const mount = { type: 'folder', source: 'a', target: '/data', readOnly: false } as const;
    const changed = (name: string, change: Partial<RunningRecord['mounts'][number]>): string | undefined =>
      input(name, { mounts: [mount] }, { mounts: [{ ...mount, ...change }] });
    assert.equal(changed('mount /data', { target: '//data/' }), 'same: folder a | folder a');
    assert.equal(changed('mount /data', { type: 'folder' as const, source: 'b' }), 'changed: folder a | folder b');
    assert.equal(changed('mount /data', { type: 'volume' }), 'changed: folder a | volume a');
    assert.equal(changed('mount /data', { readOnly: true }), 'changed: folder a | folder a (read-only)');
    assert.equal(changed('mount /data', { target: '/other' }), 'only-left: folder a | -');
    assert.equal(changed('mount /other', { target: '/other' }), 'only-right: - | folder a');
  });

  it('do not count where on the host outputs go', () => {
    const { inputs } = compareRuns(record, { ...record, output: { folder: '/elsewhere', target: '/output' } });
    assert.ok(inputs.every(({ state }) => state === 'same'));
  });
});

describe('the environment of two runs', () => {
  const variable = (left: Change, right: Change): string | undefined => {
    const none = { environment: {}, omittedEnvironment: [] };
    return only(compareRuns({ ...record, ...none, ...left }, { ...record, ...none, ...right }).environment, 'KEY');
  };
  const omitted = { omittedEnvironment: ['KEY'] };
  const kept = (value: string): Change => ({ environment: { KEY: value } });

  it('is compared variable by variable, empty values too', () => {
    assert.equal(variable(kept('1'), kept('1')), 'same: 1 | 1');
    assert.equal(variable(kept(''), kept('')), 'same:  | ');
    assert.equal(variable(kept('1'), kept('1 ')), 'changed: 1 | 1 ');
    assert.equal(variable(kept(''), {}), 'only-left:  | -');
  });

  it('does not tell values that were not kept', () => {
    assert.match(variable(omitted, omitted) ?? '', /^unknown/);
    assert.equal(variable(omitted, kept('1')), 'unknown: value not kept | 1');
    assert.equal(variable(kept('1'), omitted), 'unknown: 1 | value not kept');
    assert.equal(variable(omitted, {}), 'only-left: value not kept | -');
    assert.equal(variable({}, omitted), 'only-right: - | value not kept');
  });

  it('never shows a value that was not to be kept', () => {
    const both = { ...kept('hunter2'), ...omitted };
    assert.doesNotMatch(variable(both, both) ?? '', /hunter2/);
    assert.doesNotMatch(summaryOf({ ...record, ...both }), /hunter2/);
  });

  it('takes every name, those of object members too, and tells variables from the host', () => {
    const names = ['__proto__', 'constructor', 'toString', 'engine'];
    const environment = Object.fromEntries(names.map((name) => [name, 'x']));
    const { environment: entries } = compareRuns({ ...record, environment }, { ...record, environment: {} });
    for (const name of names) assert.equal(only(entries, name), 'only-left: x | -');
    assert.match(only(entries, 'host engine') ?? '', /^same/);
  });

  it('has the host as a part', () => {
    const host = { ...record.host, cores: 4, gpu: undefined };
    const { environment } = compareRuns(record, { ...record, host });
    assert.equal(only(environment, 'host cores'), 'changed: 8 | 4');
    assert.equal(only(environment, 'host GPU'), 'only-left: NVIDIA A100 | -');
  });
});

describe('the outputs of two runs', () => {
  const file = (size: number, sha256?: string): OutputFile => ({ path: 'x', size, ...(sha256 && { sha256 }) });
  const link = (text: string): OutputFile => ({ path: 'x', link: text });
  const compared = (left: OutputFile, right: OutputFile): string | undefined =>
    only(compareOutputs([left], [right]), 'x');

  it('are compared by content', () => {
    assert.match(compared(file(1, sha('a')), file(1, sha('a'))) ?? '', /^same/);
    assert.match(compared(file(1, sha('a')), file(1, sha('b'))) ?? '', /^changed/);
    assert.equal(compared(file(1), file(2, sha('a'))), 'changed: 1 bytes, no checksum | 2 bytes, sha256 aaaaaaaaaaaa');
    assert.match(compared(file(1), file(1, sha('a'))) ?? '', /^unknown/);
    assert.match(compared(file(1, sha('a')), file(1)) ?? '', /^unknown/);
    assert.match(compared(file(1), file(1)) ?? '', /^unknown/);
    assert.equal(only(compareOutputs([aCsv], []), 'a.csv'), 'only-left: 1234 bytes, sha256 aaaaaaaaaaaa | -');
    assert.equal(only(compareOutputs([], [aCsv]), 'a.csv'), 'only-right: - | 1234 bytes, sha256 aaaaaaaaaaaa');
  });

  it('that differ beyond what is shown of a checksum have changed', () => {
    assert.match(compared(file(1, `${sha('a')}0`), file(1, `${sha('a')}1`)) ?? '', /^changed/);
  });

  it('that are links are compared by what they say', () => {
    assert.equal(compared(link('a'), link('a')), 'same: link to a | link to a');
    assert.equal(compared(link('a'), link('b')), 'changed: link to a | link to b');
    assert.match(compared(link('a'), file(1)) ?? '', /^changed/);
    assert.match(compared(file(1), link('a')) ?? '', /^changed/);
  });

  it('below a folder that one run could not read are not said to be missing', () => {
    const paths = ['a', 'sub/b', 'sub/c/d', 'subway'];
    const readable = paths.map((path) => ({ path, size: 0, sha256: sha('a') }));
    const unreadable = [{ path: 'sub/', size: 0 }];
    const unknown = { 'sub/': 'unknown', 'sub/b': 'unknown', 'sub/c/d': 'unknown' };
    assert.deepEqual(states(compareOutputs(readable, unreadable)), {
      ...{ ...unknown, a: 'only-left', subway: 'only-left' },
    });
    assert.deepEqual(states(compareOutputs(unreadable, readable)), {
      ...{ ...unknown, a: 'only-right', subway: 'only-right' },
    });
    assert.ok(compareOutputs([{ path: '/', size: 0 }], readable).every(({ state }) => state === 'unknown'));
  });

  it('are not compared where a run has not ended, or nothing is known of its end', () => {
    for (const unfinished of [running, lost]) {
      assert.deepEqual(compareRuns(unfinished, record).outputs, { kind: 'unfinished', which: 'left' });
      assert.deepEqual(compareRuns(record, unfinished).outputs, { kind: 'unfinished', which: 'right' });
      assert.deepEqual(compareRuns(unfinished, unfinished).outputs, { kind: 'unfinished', which: 'both' });
      assert.ok(compareRuns(unfinished, record).inputs.every(({ state }) => state === 'same'));
    }
  });

  it('are not compared where they could not be listed', () => {
    const problem = { reason: 'failed', message: 'The disk is gone.' };
    const unlisted = { ...record, outputs: [], problem };
    assert.deepEqual(compareRuns(record, unlisted).outputs, { kind: 'unfinished', which: 'right' });
    assert.equal(compareRuns(record, { ...record, problem }).outputs.kind, 'compared');
    assert.equal(compareRuns(record, { ...record, outputs: [] }).outputs.kind, 'compared');
  });

  it('may be a hundred thousand, in any order', function () {
    this.timeout(10_000);
    const count = 100_000;
    const files = (from: number, content: string): OutputFile[] =>
      Array.from({ length: count }, (_, at) => ({ path: `run/${at + from}.csv`, size: 1, sha256: sha(content) }));
    const left = [{ path: 'closed/', size: 0 }, ...files(0, 'a')];
    const entries = compareOutputs(left, files(1, 'b').toReversed());
    assert.equal(entries.length, count + 2);
    assert.ok(entries.every(({ name }, at) => at === 0 || (entries[at - 1]?.name ?? '') < name));
    assert.match(only(entries, 'run/0.csv') ?? '', /^only-left/);
    assert.match(only(entries, 'run/1.csv') ?? '', /^changed/);
    assert.match(only(entries, `run/${count}.csv`) ?? '', /^only-right/);
    assert.ok(summaryOf({ ...record, outputs: left }).split('\n').length > count);
  });
});
