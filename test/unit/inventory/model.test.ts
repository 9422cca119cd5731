import assert from 'node:assert/strict';
import { type ContainerSummary } from '../../../src/engine/containers.js';
import { type ImageSummary } from '../../../src/engine/images.js';
import { containersOf, noneDirty, note, touchedBy } from '../../../src/inventory/dirty.js';
import { changedKinds, type Lists, nothing, patched, settled } from '../../../src/inventory/model.js';

const image = (id: string, ...references: string[]): ImageSummary => ({
  id,
  references,
  created: 0,
  size: 1,
  labels: {},
});
const container = (id: string, more: Partial<ContainerSummary> = {}): ContainerSummary => ({
  id,
  name: id,
  image: 'busybox',
  imageId: 'a',
  state: 'running',
  exitCode: undefined,
  health: undefined,
  created: 0,
  labels: {},
  ports: [],
  mounts: [],
  ...more,
});

describe('the model of an engine', () => {
  const lists: Lists = { ...nothing, images: [image('a', 'busybox:1'), image('b')], containers: [container('c')] };

  it('takes in what was found and drops what is gone', () => {
    const after = patched(lists, { images: { found: [image('b', 'x:1'), image('n')], gone: ['a', 'never'] } });
    assert.deepEqual(new Set(after.images), new Set([image('b', 'x:1'), image('n')]));
    assert.deepEqual(changedKinds(lists, after), ['images']);
  });

  it('stays the same object where a patch changes nothing', () => {
    const after = patched(lists, {
      images: { found: [image('a', 'busybox:1')], gone: ['z'] },
      containers: { found: [container('c')], gone: [] },
    });
    assert.deepEqual(changedKinds(lists, after), []);
    const again = settled(lists, { ...lists, images: [image('a', 'busybox:1'), image('b')] });
    assert.deepEqual(changedKinds(lists, again), []);
  });

  it('keeps a thing that was found and reported gone: what is found is newer', () => {
    const after = patched(lists, { containers: { found: [container('c', { state: 'exited' })], gone: ['c'] } });
    assert.deepEqual(
      after.containers.map(({ state }) => state),
      ['exited'],
    );
  });
});

describe('an event of the engine', () => {
  const cases: [string, string, string, ReturnType<typeof touchedBy>][] = [
    ['container', 'start', 'c', { kind: 'containers', key: 'c' }],
    ['container', 'health_status: healthy', 'c', { kind: 'containers', key: 'c' }],
    ['container', 'an action of the future', 'c', { kind: 'containers', key: 'c' }],
    ['container', 'exec_create: sh -c "start"', 'c', undefined],
    ['container', 'commit', 'c', { kind: 'images', key: 'c' }],
    ['image', 'tag', 'sha256:1', { kind: 'images', key: 'sha256:1' }],
    ['image', 'pull', 'busybox:latest', { kind: 'images', key: 'busybox:latest' }],
    ['image', 'push', 'sha256:1', undefined],
    ['volume', 'mount', 'v', undefined],
    ['volume', 'destroy', 'v', { kind: 'volumes', key: 'v' }],
    ['volume', 'prune', '', undefined],
    ['network', 'create', 'n', undefined],
  ];
  for (const [type, action, id, expected] of cases) {
    it(`“${type} ${action}” makes dirty what it changes`, () => {
      assert.deepEqual(touchedBy({ type, action, id }), expected);
    });
  }
});

describe('a change of state', () => {
  it('is waited for where an engine may tell of it too early, and another change is not', () => {
    const dirty = noneDirty();
    assert.ok(note({ type: 'container', action: 'die', id: 'dying' }, dirty));
    assert.ok(note({ type: 'container', action: 'rename', id: 'renamed' }, dirty));
    assert.ok(!note({ type: 'container', action: 'top', id: 'looked-at' }, dirty));
    assert.deepEqual([...dirty.containers], ['dying', 'renamed']);
    assert.deepEqual([...dirty.unsettled], ['dying']);
  });
});

describe('containers whose line depends on an image', () => {
  it('are those of its identifier and those that were asked for by a reference of its repository', () => {
    const containers = [
      container('by-id', { image: 'sha256:a', imageId: 'a' }),
      container('by-name', { image: 'busybox', imageId: 'gone' }),
      container('by-digest', { image: 'busybox@sha256:00', imageId: 'gone' }),
      container('with-port', { image: 'localhost:5000/x:1', imageId: 'other' }),
      container('other', { image: 'busybox-extra', imageId: 'other' }),
    ];
    const before: Lists = { ...nothing, images: [image('a', 'busybox:1')], containers };
    const after: Lists = { ...before, images: [image('a')] };
    assert.deepEqual(containersOf(before, after), ['by-id', 'by-name', 'by-digest']);
    assert.deepEqual(containersOf(before, before), []);
  });
});
