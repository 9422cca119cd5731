import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chooseFiles } from '../../../../src/project/code/choose-files.js';
import { readCode } from '../../../../src/project/code/read-code.js';
import { type Listing } from '../../../../src/project/listing.js';

describe('the files of code that are read', () => {
  it('are code, notebooks, workflows and the README, those first that a person would look at', () => {
    const files = [
      'README.md',
      'a/b/c/deep.py',
      'data/x.csv',
      'docs/conf.py',
      'examples/demo.py',
      'main.py',
      'notebooks/a.ipynb',
      'other/README.md',
      'plot.R',
      'scripts/run.sh',
      'setup.py',
      'src/pkg/x.py',
      'tests/test_x.py',
      'workflow/Snakefile',
    ];
    assert.deepEqual(
      chooseFiles(files).map(({ file, kind }) => `${file} ${kind}`),
      [
        'README.md readme',
        'main.py python',
        'plot.R r',
        'scripts/run.sh shell',
        'notebooks/a.ipynb notebook',
        'workflow/Snakefile snakemake',
        'src/pkg/x.py python',
        'a/b/c/deep.py python',
        'examples/demo.py python',
      ],
    );
  });

  it('are not more than 300, the nearest of them', () => {
    const deep = Array.from({ length: 50_000 }, (_, index) => `data/run_${index % 100}/x/${index}.py`);
    const chosen = chooseFiles([...deep, 'z.py']);
    assert.equal(chosen.length, 300);
    assert.equal(chosen[0]?.file, 'z.py');
  });
});

describe('reading the code of a project', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'code-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function project(files: Readonly<Record<string, string | Buffer>>): Promise<Listing> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    return { folder, files: Object.keys(files).sort(), isCut: false };
  }

  const notebook = (source: string, more: object = {}): string =>
    JSON.stringify(
      {
        cells: [{ cell_type: 'code', metadata: {}, outputs: [], source, ...more }],
        metadata: { kernelspec: { language: 'python', name: 'python3' } },
        nbformat: 4,
        nbformat_minor: 5,
      },
      null,
      1,
    );

  it('says what can be run, where results go, what is imported, and what is broken', async () => {
    const listing = await project({
      'README.md': '# Study\n\n```bash\npython main.py --fast\n```\n',
      'main.py': 'import helper\nimport numpy as np\nnp.save("results/a.npy", helper.x())\n',
      'helper.py': 'import scipy\ndef x(): return 1\n',
      'look.ipynb': notebook('import pandas\npandas.DataFrame().to_csv("figures/t.csv")'),
      'broken.ipynb': '{\n "cells": [\n<<<<<<< HEAD\n',
      'dvc.yaml': 'stages:\n  a:\n    outs: [\n',
    });
    const { entries, outputs, imports, notebooks, problems } = await readCode(listing);
    assert.deepEqual(entries[0], {
      kind: 'script',
      command: ['python', 'main.py', '--fast'],
      file: 'main.py',
      port: undefined,
      because: 'README.md says so',
    });
    assert.deepEqual(outputs, [
      { folder: 'results', file: 'main.py', line: 3 },
      { folder: 'figures', file: 'look.ipynb', line: 7 },
    ]);
    assert.deepEqual(
      imports.map(({ name, file }) => `${name} ${file}`),
      ['numpy main.py', 'pandas look.ipynb', 'scipy helper.py'],
    );
    assert.deepEqual(notebooks, [{ file: 'look.ipynb', language: 'python' }]);
    assert.deepEqual(
      problems.map(({ file, line }) => [file, line]),
      [
        ['broken.ipynb', 3],
        ['dvc.yaml', 4],
      ],
    );
  });

  it('finds the results of a notebook from where Jupyter runs it', async () => {
    const listing = await project({
      'analysis/a.ipynb': notebook('df.to_csv("../results/t.csv")\nplt.savefig("figures/a.png")\nf("/tmp/logs/x")'),
      'analysis/b.ipynb': notebook('import os\nos.chdir("..")\nopen("out/a.txt", "w")'),
      'analysis/c.ipynb': notebook('%cd ..\nopen("plots/a.txt", "w")'),
    });
    const { outputs } = await readCode(listing);
    assert.deepEqual(outputs.map(({ folder: found }) => found).sort(), ['analysis/figures', 'out', 'plots', 'results']);
  });

  it('finds nothing in an empty folder', async () => {
    const nothing = { entries: [], outputs: [], imports: [], loadedPackages: [], notebooks: [], problems: [] };
    assert.deepEqual(await readCode(await project({})), nothing);
  });

  it('reads files in Latin-1, with a byte order mark, with Windows line ends, and no binary ones', async () => {
    const listing = await project({
      'a.py': Buffer.from('# M\u00fcller\nimport first\n', 'latin1'),
      'b.py': '\ufeffimport second\r\nimport third\r\n',
      'c.py': Buffer.from('import no\n\0\u0001'),
      'd.py': Buffer.from('\ufeffimport fourth\n', 'utf16le'),
    });
    const { imports, problems } = await readCode(listing);
    assert.deepEqual(
      imports.map(({ name }) => name),
      ['first', 'fourth', 'second', 'third'],
    );
    assert.deepEqual(problems, []);
  });

  it('reads the beginning of a file of 50 MB alone', async () => {
    const filler = `# ${'x'.repeat(1000)}\n`.repeat(300);
    const listing = await project({
      'large.py': `import first\n${filler}import second\n`,
      'large.ipynb': notebook('import third', { outputs: [{ data: { 'image/png': 'A'.repeat(1_200_000) } }] }),
    });
    await truncate(join(folder, 'large.py'), 50_000_000);
    const { imports, notebooks } = await readCode(listing);
    assert.deepEqual(
      imports.map(({ name }) => name),
      ['first'],
    );
    // Its only cell is not whole in what is read of it; its kernel stands at its end.
    assert.deepEqual(notebooks, [{ file: 'large.ipynb', language: 'python' }]);
  });

  it('reads 8 MB of many large files', async () => {
    const listing = await project({ 'a00.py': `if __name__ == "__main__": pass\n${'#'.repeat(250_000)}\n` });
    const names = Array.from({ length: 60 }, (_, index) => `a${String(index).padStart(2, '0')}.py`);
    for (const name of names.slice(1)) await link(join(folder, 'a00.py'), join(folder, name));
    const { entries } = await readCode({ ...listing, files: names });
    assert.equal(entries.length, Math.floor((8 * 1024 * 1024) / 250_033));
  });

  it('leaves out what is gone, or no file', async () => {
    const listing = await project({ 'a.py': 'import numpy\n' });
    await mkdir(join(folder, 'folder.py'));
    const { imports, problems } = await readCode({ ...listing, files: ['a.py', 'folder.py', 'gone.py', 'gone.ipynb'] });
    assert.deepEqual(
      imports.map(({ name }) => name),
      ['numpy'],
    );
    assert.deepEqual(problems, []);
  });

  it('ends when it is told to, and changes nothing', async () => {
    const listing = await project({ 'a.py': 'import numpy\n' });
    await assert.rejects(readCode(listing, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.deepEqual(await readdir(folder), ['a.py']);
  });
});
