import assert from 'node:assert/strict';
import { allows, chooseVersion } from '../../../src/project/language-version.js';
import { type Language, type VersionStatement } from '../../../src/project/project.js';
import { exactVersion } from '../../../src/project/version-numbers.js';

function says(wanted: string, language: Language = 'python', file = 'pyproject.toml'): VersionStatement {
  return { language, wanted, exact: exactVersion(wanted), file, line: 1 };
}

describe('a statement about the version of a language', () => {
  const series = ['3.9', '3.10', '3.11', '3.12', '3.13'];
  const python: [wanted: string, allowed: string[]][] = [
    ['>=3.10', ['3.10', '3.11', '3.12', '3.13']],
    ['>=3.10,<3.13', ['3.10', '3.11', '3.12']],
    ['>= 3.10, < 3.13', ['3.10', '3.11', '3.12']],
    ['>=3.10 <3.12', ['3.10', '3.11']],
    ['>3.11', ['3.11', '3.12', '3.13']],
    ['>3.11.4,!=3.12.*', ['3.11', '3.13']],
    ['<=3.11', ['3.9', '3.10']],
    ['<4', series],
    ['!=3.9.7', series],
    ['!=3.9.*,!=3.10.*', ['3.11', '3.12', '3.13']],
    ['~=3.10', ['3.10', '3.11', '3.12', '3.13']],
    ['~=3.10.2', ['3.10']],
    ['==3.11.*', ['3.11']],
    ['^3.10', ['3.10', '3.11', '3.12', '3.13']],
    ['^2.7', []],
    ['~3.11', ['3.11']],
    ['~3.11.2', ['3.11']],
    ['~3', series],
    ['3.*', series],
    ['3', series],
    ['3.12', ['3.12']],
    ['=3.11', ['3.11']],
    ['3.11.*', ['3.11']],
    ['3.10|3.12', ['3.10', '3.12']],
    ['3.9 || ^3.12', ['3.9', '3.12', '3.13']],
    ['*', series],
    ['', series],
    ['whatever works', series],
    ['>=3.10a1', ['3.10', '3.11', '3.12', '3.13']],
  ];
  for (const [wanted, allowed] of python) {
    it(`of Python: “${wanted}”`, () => {
      assert.deepEqual(
        series.filter((version) => allows(says(wanted), version)),
        allowed,
      );
    });
  }

  it('does not take 3.1 for 3.12, or 3.12.4 for 3.12.40', () => {
    assert.equal(allows(says('3.1'), '3.12'), false);
    assert.equal(allows(says('3.12.4'), '3.12.40'), false);
    assert.equal(allows(says('3.12.4'), '3.12.4'), true);
    assert.equal(allows(says('==3.12'), '3.12.0'), true);
    assert.equal(allows(says('==3.12'), '3.12.4'), false);
  });

  const julia: [wanted: string, allowed: string[]][] = [
    ['1', ['1.6.7', '1.9.4', '1.10.4', '1.11.1']],
    ['1.9', ['1.9.4', '1.10.4', '1.11.1']],
    ['~1.9', ['1.9.4']],
    ['1.6, 1.10', ['1.6.7', '1.9.4', '1.10.4', '1.11.1']],
    ['~1.6, ~1.10', ['1.6.7', '1.10.4']],
    ['=1.10.4', ['1.10.4']],
    ['1.6 - 1.9', ['1.6.7', '1.9.4']],
    ['≥ 1.10', ['1.10.4', '1.11.1']],
    ['^0.7', []],
  ];
  for (const [wanted, allowed] of julia) {
    it(`of Julia: “${wanted}”`, () => {
      const statement: VersionStatement = {
        language: 'julia',
        wanted,
        exact: undefined,
        file: 'Project.toml',
        line: 1,
      };
      assert.deepEqual(
        ['1.6.7', '1.9.4', '1.10.4', '1.11.1'].filter((version) => allows(statement, version)),
        allowed,
      );
    });
  }

  it('names one version in the ways of all tools', () => {
    const texts = ['3.12', '3.12.4', '=3.12', '3.12.*', '==3.12.*', '==3.12.4', '==3.12', '3', '>=3.12', '^3.12', '*'];
    assert.deepEqual(
      texts.map((text) => exactVersion(text)),
      ['3.12', '3.12.4', '3.12', '3.12', '3.12', '3.12.4', '3.12.0', undefined, undefined, undefined, undefined],
    );
  });
});

describe('the choice of a version', () => {
  const offered = ['3.12', '3.13', '3.11', '3.10'];

  it('is the best that is offered and allowed by all, and says by what', () => {
    assert.deepEqual(chooseVersion([says('>=3.10'), says('<3.12', 'python', 'uv.lock')], 'python', offered), {
      version: '3.11',
      because: 'pyproject.toml says >=3.10',
    });
  });

  it('is an exact version whose series is offered', () => {
    const statements = [says('3.11.7', 'python', '.python-version'), says('>=3.10')];
    assert.deepEqual(chooseVersion(statements, 'python', offered), {
      version: '3.11.7',
      because: '.python-version says 3.11.7',
    });
    assert.deepEqual(chooseVersion([says('4.3.1', 'r', 'renv.lock')], 'r', ['4.4.3', '4.3.3']), {
      version: '4.3.1',
      because: 'renv.lock says 4.3.1',
    });
  });

  it('is a conflict where statements contradict each other, or where nothing of the kind is offered', () => {
    const contradiction = [says('3.10', 'python', '.python-version'), says('>=3.11')];
    assert.deepEqual(chooseVersion(contradiction, 'python', offered), { conflict: contradiction });
    const old = [says('2.7.18', 'python', 'runtime.txt')];
    assert.deepEqual(chooseVersion(old, 'python', offered), { conflict: old });
  });

  it('is undefined where nothing is said of the language', () => {
    assert.equal(chooseVersion([says('4.3.1', 'r')], 'python', offered), undefined);
    assert.equal(chooseVersion([], 'julia', []), undefined);
  });
});
