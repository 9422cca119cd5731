import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DetectedProjects, mayChangeProject } from '../../../../src/ui/reproducibility/detected-projects.js';
import { sampleProject } from '../../dockerfile/recipes/sample-project.js';

const folder = join('/home', 'maria', 'study');

describe('the project of a Dockerfile', () => {
  const asked: string[] = [];
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    warn: (text: string) => warnings.push(text),
    error: () => undefined,
  };
  const papers = ['papers', join('papers', 'second')];
  const projects = (): DetectedProjects =>
    new DetectedProjects(log, (path) => {
      asked.push(path);
      if (path.endsWith('unreadable')) return Promise.reject(new Error('It may not be read.'));
      return Promise.resolve(sampleProject({ folder: path, subprojects: path === folder ? papers : [] }));
    });

  beforeEach(() => {
    asked.length = 0;
    warnings.length = 0;
  });

  it('is found out once, until it is forgotten', async () => {
    const known = projects();
    const dockerfile = join(folder, 'Dockerfile');
    await Promise.all([known.of(folder, dockerfile), known.of(folder, dockerfile)]);
    assert.deepEqual(asked, [folder]);
    known.forget();
    assert.equal((await known.of(folder, dockerfile))?.folder, folder);
    assert.deepEqual(asked, [folder, folder]);
  });

  it('is the innermost of several that the folder holds', async () => {
    const known = projects();
    const folderOf = async (path: string): Promise<string | undefined> =>
      (await known.of(folder, join(folder, path)))?.folder;
    assert.equal(await folderOf('papers/Dockerfile'), join(folder, 'papers'));
    assert.equal(await folderOf('papers/second/docker/Dockerfile'), join(folder, 'papers', 'second'));
    assert.equal(await folderOf('papers-old/Dockerfile'), folder);
  });

  it('is looked for among the first files of a folder where that is wanted', async () => {
    const limits: (number | undefined)[] = [];
    const known = new DetectedProjects(log, (path, _signal, limit) => {
      limits.push(limit);
      return Promise.resolve(sampleProject({ folder: path, subprojects: path === folder ? papers : [] }));
    });
    await known.of(folder, join(folder, 'papers', 'Dockerfile'), 100);
    await known.of(join('/srv', 'other'), join('/srv', 'other', 'Dockerfile'));
    assert.deepEqual(limits, [100, 100, undefined]);
  });

  it('is not known where the folder cannot be read, and the log says why', async () => {
    const path = join(folder, 'unreadable');
    assert.equal(await projects().of(path, join(path, 'Dockerfile')), undefined);
    assert.match(warnings.join(), /unreadable cannot be read: It may not be read\./);
  });

  it('is not warned of when all is over', async () => {
    const known = new DetectedProjects(log, (_path, signal) => {
      known.dispose();
      return signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve(sampleProject());
    });
    assert.equal(await known.of(folder, join(folder, 'Dockerfile')), undefined);
    assert.deepEqual(warnings, []);
  });
});

describe('a file that is saved', () => {
  const changing = [
    ...['.dockerignore', 'Dockerfile.dockerignore', 'uv.lock', 'Pipfile', 'Pipfile.lock', 'pylock.dev.toml'],
    ...['requirements.txt', 'requirements-dev.in', 'environment.yml', 'py310-environment.yaml', 'conda-lock.yml'],
    ...['pyproject.toml', 'Project.toml', 'Manifest-v1.11.toml', 'DESCRIPTION', 'CMakeLists.txt', '.python-version'],
    ...['/home/maria/study/renv.lock', 'C:\\study\\pixi.toml'],
  ];
  for (const file of changing) {
    it(`${file} may change what the project is`, () => {
      assert.ok(mayChangeProject(file));
    });
  }
  for (const file of ['main.py', 'Dockerfile', 'data.csv', 'notes.txt', 'uv.lock.orig', 'requirements.txt/readme.md']) {
    it(`${file} does not`, () => {
      assert.ok(!mayChangeProject(file));
    });
  }
});
