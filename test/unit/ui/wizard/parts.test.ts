import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GeneratedFiles } from '../../../../src/dockerfile/create-dockerfile.js';
import { mergeDockerignore } from '../../../../src/dockerfile/recipes/dockerignore.js';
import { insertReadmeSection } from '../../../../src/dockerfile/recipes/readme-section.js';
import { changeText, hasRunSection, nameBeside, planParts, readmeName } from '../../../../src/ui/wizard/parts.js';

const generated: GeneratedFiles = {
  dockerfile: 'FROM debian:13-slim\n',
  dockerignore: '.git\nresults\n',
  readmeSection: '## How to run\n\n`docker build .`\n',
  hints: [],
  unpinned: [],
};

describe('the README that gets a section', () => {
  it('is the one in Markdown, whatever its case', () => {
    assert.equal(readmeName(['main.py', 'ReadMe.md']), 'ReadMe.md');
    assert.equal(readmeName(['README', 'README.markdown']), 'README.markdown');
  });

  it('is made where there is none', () => {
    assert.equal(readmeName(['main.py', 'docs/README.md', 'README-data.md']), 'README.md');
  });

  it('is none where it is not Markdown', () => {
    assert.equal(readmeName(['README.rst']), undefined);
    assert.equal(readmeName(['README']), undefined);
  });

  for (const heading of [
    '## Usage',
    '# How to run',
    '### Running the experiments',
    '## Reproducing the figures',
    '## Quick start',
    '## Getting Started',
    'Usage\n-----',
  ]) {
    it(`has a section of its own: ${JSON.stringify(heading)}`, () => {
      assert.equal(hasRunSection(`# Study\n\n${heading}\n\nText.\n`), true);
    });
  }
  for (const text of ['# Study\n\nWe run it by hand; usage is simple.\n', '## Trunk rings\n', '## Runtime\n', '']) {
    it(`has none of its own: ${JSON.stringify(text)}`, () => {
      assert.equal(hasRunSection(text), false);
    });
  }

  it('has none of its own where it is the one that was added before', () => {
    assert.equal(hasRunSection(insertReadmeSection('# Study\n', generated.readmeSection)), false);
  });
});

describe('the files that can be made', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parts-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const plan = async (wanted = {}, names: string[] = []): Promise<unknown> =>
    (await planParts(folder, generated, wanted, names)).map((planned) =>
      planned.kind === 'file' ? [planned.file.name, planned.isWanted] : [planned.name, planned.message],
    );

  it('are all proposed in a new project', async () => {
    assert.deepEqual(await plan(), [
      ['Dockerfile', true],
      ['.dockerignore', true],
      ['README.md', true],
    ]);
  });

  it('are as a person has said', async () => {
    assert.deepEqual(await plan({ dockerfile: false, readme: false }), [
      ['Dockerfile', false],
      ['.dockerignore', true],
      ['README.md', false],
    ]);
  });

  it('are without the README that has a section of its own, unless a person wants it', async () => {
    await writeFile(join(folder, 'README.md'), '# Study\n\n## Usage\n');
    const readme = async (wanted = {}): Promise<unknown> => (await plan(wanted, ['README.md'])) ?? [];
    assert.deepEqual(await readme(), [
      ['Dockerfile', true],
      ['.dockerignore', true],
      ['README.md', false],
    ]);
    assert.deepEqual(await readme({ readme: true }), [
      ['Dockerfile', true],
      ['.dockerignore', true],
      ['README.md', true],
    ]);
  });

  it('are without those that are so already, the Dockerfile aside', async () => {
    await writeFile(join(folder, 'Dockerfile'), generated.dockerfile);
    await writeFile(join(folder, '.dockerignore'), mergeDockerignore('', generated.dockerignore));
    await writeFile(join(folder, 'README.rst'), '');
    assert.deepEqual(await plan({}, ['Dockerfile', 'README.rst']), [['Dockerfile', true]]);
  });

  it('do not depend on one that cannot be', async () => {
    await writeFile(join(folder, 'README.md'), Buffer.from('# \u00dcbung\n', 'latin1'));
    await mkdir(join(folder, 'Dockerfile'));
    assert.deepEqual(await plan({}, ['README.md']), [
      ['Dockerfile', `${join(folder, 'Dockerfile')} is a folder.`],
      ['.dockerignore', true],
      ['README.md', `${join(folder, 'README.md')} is not UTF-8: nothing can be added to it without harm.`],
    ]);
  });

  it('may be beside a Dockerfile that stays, under the next name that is free', async () => {
    assert.equal(await nameBeside(folder), 'Dockerfile.research');
    await writeFile(join(folder, 'Dockerfile.research'), '');
    await writeFile(join(folder, 'Dockerfile.research-2'), '');
    assert.equal(await nameBeside(folder), 'Dockerfile.research-3');
  });
});

describe('what becomes of a file', () => {
  const whole = { name: 'Dockerfile', kind: 'whole' as const, after: 'a\nb\n' };
  const merged = { ...whole, kind: 'merged' as const };
  it('is said in a few words', () => {
    assert.equal(changeText({ ...whole, before: undefined }), 'new');
    assert.equal(changeText({ ...whole, before: 'a\nb\n' }), 'is like that already');
    assert.match(changeText({ ...whole, before: 'c\n' }), /asked, before it is replaced/);
    assert.equal(changeText({ ...merged, before: 'a\n' }), '1 line is added');
    assert.equal(changeText({ ...merged, before: '' }), '2 lines are added');
    assert.equal(changeText({ ...merged, before: 'a\nc\n' }), 'its section is written anew');
  });
});
