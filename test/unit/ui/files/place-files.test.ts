import assert from 'node:assert/strict';
import { type Place } from '../../../../src/engine/inside/place.js';
import { Failure } from '../../../../src/host/failure.js';
import { InsidePlaces } from '../../../../src/ui/files/inside-places.js';
import { type FileChange, PlaceFiles } from '../../../../src/ui/files/place-files.js';
import { FakeInside, NotedLog } from './fake-inside.js';

const data: Place = { kind: 'volume', name: 'data' };

describe('the files of places', () => {
  let inside: FakeInside;
  let files: PlaceFiles;
  let closings: number;
  beforeEach(() => {
    closings = 0;
    inside = new FakeInside({ '/b.txt': 'b', '/a/x/y': '', '/ab/z': '', '/c': 'c' });
    const log = new NotedLog();
    const close = (): Promise<void> => {
      closings++;
      return Promise.resolve();
    };
    files = new PlaceFiles(new InsidePlaces(() => Promise.resolve({ inside, close }), log), log);
  });
  afterEach(() => files.leaveAll());
  const at = (path: string): FileChange['at'] => ({ place: data, label: 'data', path });
  const listed = async (folder: string): Promise<boolean> => {
    const before = inside.asked.length;
    await files.content(data, folder);
    return inside.asked.length > before;
  };

  it('are listed with folders first, and whether they can be changed', async () => {
    inside.isReadOnly = true;
    const { entries, isReadOnly } = await files.content(data, '/');
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['a', 'ab', 'b.txt', 'c'],
    );
    assert.equal(isReadOnly, true);
  });

  it('are asked for once, however often the views draw themselves', async () => {
    await Promise.all([files.content(data, '/'), files.content(data, '/')]);
    await files.content(data, '/');
    assert.deepEqual(inside.asked, ['list /']);
  });

  it('are asked for again after a failure', async () => {
    inside.trouble = new Failure('engine-refused', 'No.', 'Look again.');
    await assert.rejects(files.content(data, '/'));
    inside.trouble = undefined;
    assert.equal((await files.content(data, '/')).entries.length, 4);
  });

  it('are asked for again below a folder that was forgotten, and nowhere else', async () => {
    for (const folder of ['/', '/a', '/a/x', '/ab']) await files.content(data, folder);
    const told: (readonly FileChange[])[] = [];
    files.onChange((changes) => told.push(changes));
    files.forget(data, '/a');
    assert.deepEqual(told, [[]]);
    assert.equal(await listed('/'), false);
    assert.equal(await listed('/ab'), false);
    assert.equal(await listed('/a'), true);
    assert.equal(await listed('/a/x'), true);
    files.forget(data, '/');
    assert.equal(await listed('/ab'), true);
  });

  it('are asked for again where they were changed from here', async () => {
    for (const folder of ['/', '/a', '/a/x', '/ab']) await files.content(data, folder);
    const changes: FileChange[] = [{ kind: 'deleted', at: at('/a/x') }];
    const told: FileChange[] = [];
    const listening = files.onChange((each) => told.push(...each));
    files.changed(changes);
    assert.deepEqual(told, changes);
    assert.equal(await listed('/a'), true);
    assert.equal(await listed('/a/x'), true);
    assert.equal(await listed('/'), false);
    assert.equal(await listed('/ab'), false);
    listening.dispose();
    files.changed(changes);
    assert.equal(told.length, 1);
  });

  it('are not kept of a listing that was on its way when something changed', async () => {
    const early = files.content(data, '/');
    files.changed([{ kind: 'created', at: at('/new') }]);
    await early;
    assert.equal(await listed('/'), true);
  });

  it('of a volume are forgotten when there is none with its name any more', async () => {
    const container: Place = { kind: 'container', id: 'ab12' };
    await files.content(data, '/');
    await files.content(container, '/');
    files.forgetVolumesBut(new Set(['data']));
    assert.equal(await listed('/'), false);
    files.forgetVolumesBut(new Set(['data2']));
    assert.equal(await listed('/'), true);
    const before = inside.asked.length;
    await files.content(container, '/');
    assert.equal(inside.asked.length, before);
  });

  it('are left altogether', async () => {
    await files.content(data, '/');
    await files.leaveAll();
    assert.equal(closings, 1);
    assert.equal(await listed('/'), true);
  });
});
