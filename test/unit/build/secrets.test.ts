import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecrets } from '../../../src/build/secrets.js';
import { Failure, type Reason } from '../../../src/host/failure.js';

describe('the secrets of a build', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const refuses = (reason: Reason, words: RegExp) => (error: unknown) =>
    error instanceof Failure && error.reason === reason && words.test(error.message);

  it('come from files, variables and what is kept, and from nothing else', async () => {
    await writeFile(join(folder, 'token'), 'of a file');
    const kept = (id: string): Promise<string | undefined> =>
      Promise.resolve(id === 'kept' ? 'of the storage' : undefined);
    const secrets = await openSecrets(
      { one: { file: join(folder, 'token') }, two: { env: 'TOKEN' } },
      { TOKEN: 'of a variable', OTHER: 'x' },
      kept,
    );
    const read = async (id: string): Promise<string | undefined> => (await secrets.read(id))?.toString();
    assert.equal(await read('one'), 'of a file');
    assert.equal(await read('two'), 'of a variable');
    assert.equal(await read('kept'), 'of the storage');
    for (const id of ['OTHER', 'toString', '__proto__', '']) assert.equal(await read(id), undefined);
    assert.deepEqual(secrets.handedOut, ['one', 'two', 'kept']);
  });

  it('must be there before anything is sent', async () => {
    await assert.rejects(
      openSecrets({ token: { file: join(folder, 'none') } }, {}),
      refuses('secret-not-found', /“token” cannot be read: there is no file/),
    );
    await assert.rejects(openSecrets({ token: { file: folder } }, {}), refuses('secret-not-found', /there is no file/));
    await assert.rejects(
      openSecrets({ token: { env: 'NONE' } }, {}),
      refuses('secret-not-found', /the environment variable NONE is not set/),
    );
  });

  it('are no larger than BuildKit takes them', async () => {
    await writeFile(join(folder, 'large'), Buffer.alloc(500 * 1024 + 1));
    await assert.rejects(
      openSecrets({ large: { file: join(folder, 'large') } }, {}),
      refuses('invalid-argument', /larger than the 500 KiB/),
    );
  });
});
