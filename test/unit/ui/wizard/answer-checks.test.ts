import assert from 'node:assert/strict';
import { checkAnswers, normalOutput, outputProblem, parsePort } from '../../../../src/ui/wizard/answer-checks.js';
import { sampleProject } from '../../dockerfile/recipes/sample-project.js';
import { sampleRecipe } from './sample-recipe.js';

const project = sampleProject({
  files: ['data.csv', 'src/main.py', 'env/uv.lock'],
  entries: [{ kind: 'script', command: ['python', 'src/main.py'], file: 'src/main.py', port: undefined, because: '' }],
  dependencies: [
    {
      kind: 'uv',
      files: ['env/uv.lock'],
      lock: 'env/uv.lock',
      isPackage: false,
      members: [],
      dependencies: [],
    },
  ],
});

describe('a folder for results', () => {
  for (const folder of ['results', 'out/figures', './results/', 'mit Leerzeichen', 'ergebnis "ä" $x', '..results']) {
    it(`${folder} can be used`, () => {
      assert.equal(outputProblem(folder, project), undefined);
    });
  }
  const wrong: [folder: string, why: RegExp][] = [
    ['', /Give a folder/],
    ['  ', /Give a folder/],
    ['.', /below the project’s own/],
    ['././', /below the project’s own/],
    ['/results', /relative/],
    ['~/results', /relative/],
    ['C:\\results', /relative/],
    ['c:results', /relative/],
    ['\\\\server\\share', /relative/],
    ['out\\figures', /Write “\/”/],
    ['..', /inside the project/],
    ['results/../..', /inside the project/],
    ['a\nb', /cannot be typed/],
    ['data.csv', /is a file/],
    ['./data.csv', /is a file/],
    ['src', /src\/main\.py.* is in it/],
    ['env/', /uv\.lock.* is in it/],
  ];
  for (const [folder, why] of wrong) {
    it(`${JSON.stringify(folder)} cannot`, () => {
      assert.match(outputProblem(folder, project) ?? '', why);
    });
  }

  it('is written in one way', () => {
    assert.equal(normalOutput(' ./out//figures/ '), 'out/figures');
    assert.equal(normalOutput('results'), 'results');
  });
});

describe('a port that is typed', () => {
  it('is a whole number of those that there are', () => {
    assert.equal(parsePort(' 8080 '), 8080);
    assert.equal(parsePort('65535'), 65_535);
    for (const text of ['', '0', '65536', '-1', '80.5', '1e3', '0x50', 'http', '999999']) {
      assert.equal(parsePort(text), undefined, text);
    }
  });
});

describe('answers from code', () => {
  const check = (given: Parameters<typeof checkAnswers>[0]): unknown => checkAnswers(given, sampleRecipe(), project);

  it('are taken as they are where the recipe knows them, and only those that are there', () => {
    assert.deepEqual(check({}), {});
    assert.deepEqual(check({ version: undefined, port: undefined }), {});
    const given = {
      version: '3.11',
      accelerator: 'cuda' as const,
      command: ['python', 'a b.py'],
      output: 'results',
      platforms: ['linux/amd64'],
      snapshot: '20240229',
      port: 8000,
    };
    assert.deepEqual(check(given), given);
  });

  it('may be an empty command, which is a shell', () => {
    assert.deepEqual(check({ command: [] }), { command: [] });
  });

  it('come out in one way of writing', () => {
    assert.deepEqual(check({ output: './results/', platforms: ['linux/aarch64', 'linux/arm64/v8', 'Linux/AMD64'] }), {
      output: 'results',
      platforms: ['linux/arm64', 'linux/amd64'],
    });
  });

  const wrong: [given: Parameters<typeof checkAnswers>[0], why: RegExp][] = [
    [{ version: '2.7' }, /version: “2\.7” is none of 3\.12, 3\.11/],
    [{ accelerator: 'rocm' }, /accelerator: “rocm” is none of cpu, cuda/],
    [{ command: ['', 'x'] }, /command/],
    [{ command: ['python', 'a\0b'] }, /command/],
    [{ output: '/etc' }, /output/],
    [{ platforms: [] }, /platforms/],
    [{ platforms: ['amd64'] }, /platforms: “amd64”/],
    [{ platforms: ['windows/amd64'] }, /platforms/],
    [{ snapshot: '20230229' }, /snapshot/],
    [{ snapshot: '2024-02-28' }, /snapshot/],
    [{ snapshot: '20241301' }, /snapshot/],
    [{ port: 0 }, /port/],
    [{ port: 80.5 }, /port/],
  ];
  for (const [given, why] of wrong) {
    it(`are refused: ${JSON.stringify(given)}`, () => {
      assert.throws(() => check(given), { reason: 'invalid-argument', message: why });
    });
  }
});
