import assert from 'node:assert/strict';
import { commandTable } from '../../../../src/ui/command-table.js';

describe('“Create Dockerfile…” in the explorer', () => {
  const conditions = commandTable.createDockerfile.menus.map(({ when }) => when);
  const source = conditions
    .map((when) => /resourceFilename =~ \/(.*)\//.exec(when)?.[1])
    .find((each) => each !== undefined);

  it('is offered on folders', () => {
    assert.ok(conditions.some((when) => when.startsWith('explorerResourceIsFolder')));
  });

  it('is offered on the files that say what a project depends on, and on nothing else', () => {
    assert.ok(source);
    const pattern = new RegExp(source);
    for (const name of [
      ...['requirements.txt', 'requirements-dev.txt', 'requirements.in', 'pyproject.toml', 'setup.py', 'setup.cfg'],
      ...['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml', 'pylock.gpu.toml', 'Pipfile', 'Pipfile.lock'],
      ...['pixi.toml', 'pixi.lock', 'environment.yml', 'environment.yaml', 'conda-lock.yml', 'renv.lock'],
      ...['DESCRIPTION', 'install.R', 'Project.toml', 'JuliaProject.toml', 'Manifest.toml', 'CMakeLists.txt'],
      ...['apt.txt', 'runtime.txt'],
    ]) {
      assert.match(name, pattern);
    }
    for (const name of [
      'yarn.lock',
      'Cargo.toml',
      'main.py',
      'CMakeLists.txt.in',
      'my-environment.yml',
      'Dockerfile',
    ]) {
      assert.doesNotMatch(name, pattern);
    }
  });
});
