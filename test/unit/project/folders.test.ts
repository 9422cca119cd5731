import assert from 'node:assert/strict';
import { dataFolders } from '../../../src/project/data-folders.js';
import { subprojectFolders } from '../../../src/project/subprojects.js';

describe('the data folders of a project', () => {
  const many = (folder: string, ending: string): string[] =>
    Array.from({ length: 12 }, (_, index) => `${folder}/${index}${ending}`);

  const cases: [what: string, files: string[], expected: string[]][] = [
    ['by their names', ['data/a.csv', 'input/b.bin', 'Datasets/c/d.npy'], ['Datasets', 'data', 'input']],
    ['the outermost', ['data/raw/a.csv', 'data/input/b.csv'], ['data']],
    ['below other folders', ['code/data/a.csv', 'code/a.py'], ['code/data']],
    ['with a script that loads them', ['data/load.py', 'data/a.csv'], ['data']],
    ['by their files', many('gauges', '.csv.gz'), ['gauges']],
    ['not of few files', ['gauges/a.csv', 'gauges/readme.md'], []],
    ['not of code', ['src/data/__init__.py', 'src/data/a.csv', 'data/load.py', 'data/clean.py'], []],
    ['not of results', [...many('results', '.csv'), ...many('figures/raw', '.csv')], []],
    ['not hidden ones', many('.dvc/files', '.csv'), []],
    ['not those of an R package', ['DESCRIPTION', 'R/a.R', 'data/a.rda'], []],
  ];
  for (const [what, files, expected] of cases) {
    it(`are found ${what}`, () => {
      assert.deepEqual(dataFolders([...files].sort(), []), expected);
    });
  }

  it('are none that the code writes to', () => {
    assert.deepEqual(dataFolders([...many('simulated', '.npy'), 'data/out/a.csv'], ['simulated', 'data']), []);
  });
});

describe('the projects below a folder', () => {
  it('are those folders that say what they depend on, the outermost, not too deep', () => {
    const files = [
      'a/pyproject.toml',
      'a/inner/requirements.txt',
      'b/environment.yml',
      'c/d/e/renv.lock',
      'c/d/e/f/uv.lock',
      'x/y/z/deep/uv.lock',
      'with space/Project.toml',
      'notes/readme.md',
    ];
    assert.deepEqual(subprojectFolders(files), ['a', 'b', 'c/d/e', 'with space']);
  });

  it('are none of what belongs to others', () => {
    const files = [
      'docs/requirements.txt',
      'third_party/x/CMakeLists.txt',
      'tests/setup.py',
      '.github/requirements.txt',
    ];
    assert.deepEqual(subprojectFolders([...files, 'binder/environment.yml', 'requirements/base.txt', 'uv.lock']), []);
  });
});
