import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeFile } from '../../../../src/ui/reproducibility/judge-file.js';

describe('judging a Dockerfile of a project', () => {
  let folder: string;
  const ignoreFileOf = async (dockerfile: string): Promise<{ path: string; text: string | undefined }> =>
    (await judgeFile('FROM a\n', join(folder, dockerfile), folder, undefined, [])).ignoreFile;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'judge-'));
    await mkdir(join(folder, 'docker'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('goes by the ignore file that is nearest to it', async () => {
    const common = join(folder, '.dockerignore');
    assert.deepEqual(await ignoreFileOf('docker/Dockerfile'), { path: common, text: undefined });
    for (const path of ['.dockerignore', 'docker/.dockerignore', 'docker/Dockerfile.dockerignore']) {
      await writeFile(join(folder, path), path);
      assert.deepEqual(await ignoreFileOf('docker/Dockerfile'), { path: join(folder, path), text: path });
    }
    assert.equal((await ignoreFileOf('docker/gpu.Dockerfile')).text, 'docker/.dockerignore');
    assert.equal((await ignoreFileOf('Dockerfile')).text, '.dockerignore');
  });

  it('finds with it what it keeps out', async () => {
    const text = 'FROM python:3.12\nCOPY . .\n';
    const rulesFound = async (): Promise<string[]> => {
      const { findings } = await judgeFile(text, join(folder, 'Dockerfile'), folder, undefined, []);
      return findings.map(({ rule }) => rule);
    };
    assert.ok((await rulesFound()).includes('context-not-ignored'));
    await writeFile(join(folder, '.dockerignore'), '.git\n');
    assert.ok(!(await rulesFound()).includes('context-not-ignored'));
  });
});
