import assert from 'node:assert/strict';
import { dockerignoreText, mergeDockerignore } from '../../../../src/dockerfile/recipes/dockerignore.js';
import { mountedData } from '../../../../src/dockerfile/recipes/mounted-data.js';
import { Patterns, readIgnoreFile } from '../../../../src/host/ignore-patterns.js';
import { type Project } from '../../../../src/project/project.js';
import { samples } from './other-samples.js';
import { sampleAnswers, sampleProject } from './sample-project.js';

/** Whether the build gets a file, by the matcher that decides it. */
function isLeftOut(dockerignore: string, file: string): boolean {
  return new Patterns(readIgnoreFile(dockerignore)).match(file, undefined).matches;
}

function textFor(given: Parameters<typeof sampleProject>[0], answers = sampleAnswers()): string {
  return dockerignoreText(sampleProject(given), answers, []);
}

describe('.dockerignore of a project', () => {
  const text = textFor({ data: ['data'], files: ['data/raw.csv', 'main.py'] });
  const leftOut = [
    ['.git/HEAD', '.research-containers/runs/a.json'],
    ['.venv/bin/python', 'code/.venv/bin/python', 'src/__pycache__/a.cpython-312.pyc', 'b.pyc'],
    ['env/lib/python3.12/site-packages/numpy/__init__.py', '__pypackages__/3.12/lib/a.py', '.direnv/python-3.12/a'],
    ['.dvc/cache/files/md5/00/a', '.nextflow/cache/a', '.jj/repo/a'],
    ['.env', 'app/.env.local', 'deploy/id_rsa', 'id_ecdsa', '.kaggle/kaggle.json', '.git-credentials', 'certs/key.pem'],
    ['data/raw.csv', 'results/figures/a.png'],
    ['checkpoints/last.ckpt', 'models/best.pt', 'wandb/run-1/logs.txt'],
  ].flat();
  for (const file of leftOut) {
    it(`leaves out ${file}`, () => {
      assert.ok(isLeftOut(text, file));
    });
  }

  it('leaves out what else of the project holds a secret', () => {
    const files = ['.env.production', 'certs/web (1).p12', 'home/.aws/credentials', '.env.example', 'main.py'];
    const found = textFor({ files });
    assert.deepEqual(
      files.filter((file) => isLeftOut(found, file)),
      ['.env.production', 'certs/web (1).p12', 'home/.aws/credentials'],
    );
  });

  const there = [
    ['Dockerfile', '.dockerignore', 'README.md', '.gitignore', '.env.example', '.github/workflows/a.yml'],
    ['env/maze.py', '.dvc/config', 'renv/activate.R'],
    ['main.py', 'src/data.py', 'src/results/table.py', 'environment.yml', 'model.ptx', 'database/a.sql'],
  ].flat();
  for (const file of there) {
    it(`keeps ${file}`, () => {
      assert.ok(!isLeftOut(text, file));
    });
  }

  it('has none of the patterns that the builder refuses, and a comment for each group', () => {
    for (const part of text.trimEnd().split('\n\n')) assert.match(part, /^# /);
    assert.ok(text.endsWith('\n') && !text.includes('\n\n\n'));
  });

  it('says how data gets into the container', () => {
    assert.match(text, /--mount type=bind,source="\$\(pwd\)\/data",target=\/project\/data,readonly/);
    assert.doesNotMatch(textFor({}), /--mount/);
  });

  for (const { file, project, recipe, answers } of samples) {
    it(`keeps what the steps copy: ${file}`, () => {
      const dockerignore = dockerignoreText(project, answers, recipe.write(project, answers).ignored);
      for (const name of project.listing.files) assert.ok(!isLeftOut(dockerignore, name), name);
    });
  }

  const needed: [
    why: string,
    project: Partial<Project> & { files: readonly string[] },
    command: string[],
    file: string,
  ][] = [
    [
      'a file that is run is in it',
      { files: ['data/run.py'], data: ['data'] },
      ['python', 'data/run.py'],
      'data/run.py',
    ],
    ['code is in it', { files: ['data/load.R', 'data/a.csv'], data: ['data'] }, [], 'data/a.csv'],
    [
      'a package of Python is installed with it',
      { files: ['src/study/__init__.py', 'src/study/data/a.csv'], data: ['src/study/data'] },
      [],
      'src/study/data/a.csv',
    ],
    [
      'a package of R is installed with it',
      { files: ['DESCRIPTION', 'NAMESPACE', 'data/a.rda'], data: ['data'] },
      [],
      'data/a.rda',
    ],
    ['a checkpoint is evaluated', { files: ['checkpoints/eval.py'] }, ['./checkpoints/eval.py'], 'checkpoints/eval.py'],
    ['it is the output folder', { files: ['results/plot.py'] }, ['python', 'results/plot.py'], 'results/plot.py'],
    ['code is among results', { files: ['results/plot.R', 'results/a.png'] }, [], 'results/plot.R'],
  ];
  for (const [why, project, command, file] of needed) {
    it(`keeps a folder where ${why}`, () => {
      const dockerignore = textFor(project, sampleAnswers({ command }));
      assert.ok(!isLeftOut(dockerignore, file), dockerignore);
      assert.match(dockerignore, / is not left out: the image needs /);
      assert.deepEqual(mountedData(sampleProject(project), sampleAnswers({ command })), []);
    });
  }

  it('leaves out results that are notebooks', () => {
    assert.ok(isLeftOut(textFor({ files: ['results/run.ipynb'] }), 'results/run.ipynb'));
  });

  it('takes names for what they are', () => {
    for (const name of ['my [raw] data', '#data', '!data', 'a*b', 'back\\slash', 'ümläut', "it's"]) {
      const dockerignore = textFor({ data: [name], files: [`${name}/a.csv`, 'axb/a.csv'] });
      assert.ok(isLeftOut(dockerignore, `${name}/a.csv`), name);
      assert.ok(!isLeftOut(dockerignore, 'axb/a.csv'), name);
    }
  });

  it('leaves out no whole project', () => {
    for (const output of ['.', '', './', '/', '..']) {
      assert.ok(!isLeftOut(textFor({}, sampleAnswers({ output })), 'main.py'), output);
    }
  });
});

describe('adding to a .dockerignore', () => {
  const wanted = textFor({ data: ['data'], files: ['data/a.csv'] });

  it('keeps what is there, byte for byte, and adds what is missing', () => {
    const existing = '# mine\n*.pdf\n\n.git\n';
    const merged = mergeDockerignore(existing, wanted);
    assert.ok(merged.startsWith(existing));
    assert.ok(
      isLeftOut(merged, 'paper.pdf') && isLeftOut(merged, '.venv/bin/python') && isLeftOut(merged, 'data/a.csv'),
    );
    assert.equal(merged.match(/^\.git$/gm)?.length, 1);
    assert.doesNotMatch(merged, /Written by Research Containers/);
  });

  it('adds nothing twice', () => {
    const merged = mergeDockerignore('*.pdf', wanted);
    assert.equal(mergeDockerignore(merged, wanted), merged);
    assert.equal(mergeDockerignore(wanted, wanted), wanted);
  });

  it('knows a line that is written otherwise', () => {
    const merged = mergeDockerignore('./data/\n/results\n', wanted);
    assert.doesNotMatch(merged, /^data$/m);
    assert.doesNotMatch(merged, /^results$/m);
  });

  it('never takes away what is taken back', () => {
    const existing = '*\n!src\n!data/small.csv\n!models/*.pt\n';
    const merged = mergeDockerignore(existing, wanted);
    assert.ok(!isLeftOut(merged, 'data/small.csv'));
    assert.ok(!isLeftOut(merged, 'models/best.pt'));
    assert.ok(isLeftOut(merged, 'src/__pycache__/a.pyc'));
  });

  it('begins a line of its own', () => {
    assert.match(mergeDockerignore('*.pdf', wanted), /^\*\.pdf\n\n# Added by Research Containers\.\n/);
    assert.match(mergeDockerignore('', wanted), /^# Added by Research Containers\.\n/);
  });
});
