import assert from 'node:assert/strict';
import { misspeltNames } from '../../../src/project/misspelt.js';

describe('a misspelt file name', () => {
  const wrong: [file: string, meant: string][] = [
    ['requirments.txt', 'requirements.txt'],
    ['requirement.txt', 'requirements.txt'],
    ['requirements.text', 'requirements.txt'],
    ['requirements.txt.txt', 'requirements.txt'],
    ['Requirements.txt', 'requirements.txt'],
    ['requriements.txt', 'requirements.txt'],
    ['enviroment.yml', 'environment.yml'],
    ['enviornment.yaml', 'environment.yaml'],
    ['environments.yml', 'environment.yml'],
    ['Dockerfile ', 'Dockerfile'],
    ['Dockerfile.txt', 'Dockerfile'],
    ['DockerFile', 'Dockerfile'],
    ['Dockefile', 'Dockerfile'],
    ['pyproject.tml', 'pyproject.toml'],
    ['Pipefile', 'Pipfile'],
    ['CMakeList.txt', 'CMakeLists.txt'],
    ['citation.cff', 'CITATION.cff'],
    ['dockerignore', '.dockerignore'],
  ];
  for (const [file, meant] of wrong) {
    it(`is “${file}”`, () => {
      assert.deepEqual(misspeltNames([file, 'main.py']), [{ file, meant }]);
    });
  }

  const right = [
    ...['requirements.txt', 'environment.yaml', 'Dockerfile', 'dockerfile', 'pyproject.toml', 'uv.lock'],
    ...['requirements-dev.txt', 'requirements_gpu.txt', 'requirements2.txt', 'requirements.in', 'requirements.lock'],
    ...[
      'environment-dev.yml',
      'environment2.yml',
      'environment.json',
      'Dockerfile.gpu',
      'Dockerfile~',
      'gpu.Dockerfile',
    ],
    ...['._requirements.txt', '.requirements.txt', '#requirements.txt#', 'requirements.txt~', 'requirements.txt.bak'],
    ...['project.toml', 'apt.txt', 'app.txt', 'opt.txt', 'step.py', 'setup.sh', 'setups.R', 'setup.pyx', 'runtime.md'],
    ...['description', 'description.txt', 'manifest.json', 'citation.bib', 'README.md', 'install.sh', 'experiment.yml'],
  ];
  for (const file of right) {
    it(`is not “${file}”`, () => {
      assert.deepEqual(misspeltNames([file]), []);
    });
  }

  it('is none beside a right one, and none in a folder below', () => {
    assert.deepEqual(misspeltNames(['requirements.txt', 'requirments.txt']), []);
    assert.deepEqual(misspeltNames(['enviroment.yml', 'environment.yaml']), []);
    assert.deepEqual(misspeltNames(['old/requirments.txt']), []);
  });
});
