import assert from 'node:assert/strict';
import { Failure, type Reason } from '../../../../src/host/failure.js';
import { fileSystemErrorOf, readWhole, writeWhole } from '../../../../src/ui/files/file-operations.js';
import { FakeInside } from './fake-inside.js';

const { signal } = new AbortController();
const reasonOf =
  (reason: Reason, text = /./) =>
  (error: unknown): boolean =>
    error instanceof Failure && error.reason === reason && text.test(`${error.message} ${error.remedy}`);

describe('a file inside', () => {
  it('is read whole', async () => {
    const inside = new FakeInside({ '/a': 'a text of some length', '/empty': '' });
    assert.equal(Buffer.from(await readWhole(inside, '/a', signal)).toString(), 'a text of some length');
    assert.equal((await readWhole(inside, '/empty', signal)).length, 0);
  });

  it('is not read where it is too large for an editor', async () => {
    const inside = new FakeInside({ '/a': '0123456789' });
    await readWhole(inside, '/a', signal, 10);
    inside.asked.length = 0;
    await assert.rejects(readWhole(inside, '/a', signal, 9), reasonOf('file-unreadable', /a has 10 B.*Download…/));
    assert.deepEqual(inside.asked, ['stat /a']);
  });

  it('is not read on where it has more than it said', async () => {
    const inside = new FakeInside({ '/a': '0123456789' });
    inside.sizes.set('/a', 0);
    await assert.rejects(readWhole(inside, '/a', signal, 9), reasonOf('file-unreadable', /more than 9 B/));
    assert.equal((await readWhole(inside, '/a', signal, 10)).length, 10);
  });

  it('is written as an editor wants it: created, or changed, or neither', async () => {
    const inside = new FakeInside({ '/a': 'old', '/folder/x': '' });
    const write = (path: string, create: boolean, overwrite: boolean): Promise<string> =>
      writeWhole(inside, path, Buffer.from('new'), { create, overwrite }, signal);
    await assert.rejects(write('/b', false, true), reasonOf('file-not-found'));
    await assert.rejects(write('/a', true, false), reasonOf('file-exists'));
    await assert.rejects(write('/folder', true, true), reasonOf('not-a-file'));
    assert.deepEqual(
      inside.asked.filter((question) => question.startsWith('write')),
      [],
    );
    assert.equal(await write('/b', true, false), 'created');
    assert.equal(await write('/a', false, true), 'changed');
    assert.equal(Buffer.from(inside.files.get('/a') ?? []).toString(), 'new');
  });

  it('is not taken for missing where the engine cannot say', async () => {
    const inside = new FakeInside();
    inside.trouble = new Failure('engine-lost', 'Lost.', 'Look again.');
    const options = { create: true, overwrite: false };
    await assert.rejects(writeWhole(inside, '/a', Buffer.from(''), options, signal), reasonOf('engine-lost'));
    assert.deepEqual(inside.asked, ['stat /a']);
  });

  it('fails as VS Code understands it', () => {
    const said: [Reason, string][] = [
      ['file-not-found', 'FileNotFound'],
      ['container-not-found', 'FileNotFound'],
      ['file-exists', 'FileExists'],
      ['not-a-file', 'FileIsADirectory'],
      ['not-a-folder', 'FileNotADirectory'],
      ['place-read-only', 'NoPermissions'],
      ['untrusted-workspace', 'NoPermissions'],
      ['engine-lost', 'Unavailable'],
      ['file-unreadable', 'Unavailable'],
      ['internal', 'Unavailable'],
    ];
    for (const [reason, kind] of said) assert.equal(fileSystemErrorOf(reason), kind, reason);
  });
});
