import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { type Project } from '../../../../src/project/project.js';
import { wantedIgnoreText } from '../../../../src/ui/reproducibility/ignore-text.js';
import { sampleProject } from '../../dockerfile/recipes/sample-project.js';
import { judged } from './judged.js';

const git: Project['git'] = { kind: 'commit', commit: 'f'.repeat(40), dirty: false, time: 0, remote: undefined };

const project = sampleProject({
  files: [
    'data/raw.csv',
    'main.py',
    'models/best.pt',
    'requirements.txt',
    'src/a.py',
    'config/.env',
    'config/kaggle.json',
  ],
  data: ['data'],
  outputs: [{ folder: 'results', file: 'main.py', line: 3 }],
  git,
});

function wanted(text: string, dockerignore?: string): string | undefined {
  return wantedIgnoreText({
    text,
    dockerfile: parseDockerfile(text),
    platforms: [],
    project,
    dockerignore,
  });
}

function patterns(text: string | undefined): string[] {
  return (text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the ignore file for a Dockerfile', () => {
  it('keeps out what is no part of the image', () => {
    const found = patterns(wanted('FROM python:3.12\nCOPY . .\n'));
    for (const pattern of ['.git', 'data', 'results', '**/.env', '**/*.pt', '**/__pycache__'])
      assert.ok(found.includes(pattern), pattern);
  });

  const copies: [what: string, line: string, pattern: string][] = [
    ['a folder', 'COPY data/ data/', 'data'],
    ['a file in it', 'COPY ./data/raw.csv /input.csv', 'data'],
    ['what a pattern matches', 'COPY data/*.csv ./', 'data'],
    ['a folder with a model in it', 'COPY models models', '**/*.pt'],
    ['a list', 'COPY ["models/best.pt", "/m/"]', '**/*.pt'],
    ['git’s own files', 'COPY .git .git', '.git'],
    ['a mount', 'RUN --mount=type=bind,source=data,target=/data make', 'data'],
  ];
  for (const [what, line, pattern] of copies) {
    it(`leaves in what is copied by name: ${what}`, () => {
      const text = wanted(`FROM python:3.12\n${line}\nCOPY . .\n`);
      assert.ok(!patterns(text).includes(pattern), text);
      assert.ok(text?.includes(`# ${pattern} is not left out: the Dockerfile copies it.`));
      assert.ok(patterns(text).includes('**/__pycache__'));
    });
  }

  it('keeps out a secret in a folder that is copied, and what other stages or images have', () => {
    const found = patterns(
      wanted('FROM a AS b\nFROM python:3.12\nCOPY config config\nCOPY --from=b data data\nCOPY . .\n'),
    );
    assert.ok(found.includes('**/.env'));
    assert.ok(found.includes('**/kaggle.json'));
    assert.ok(found.includes('data'));
  });

  it('leaves no comment without a pattern', () => {
    const parts = wanted('FROM python:3.12\nCOPY data/ .\nCOPY . .\n')?.split('\n\n') ?? [];
    const about = parts.find((part) => part.includes('the Dockerfile copies it'));
    assert.equal(about?.trim(), '# data is not left out: the Dockerfile copies it.');
  });

  it('is added to one that is there', () => {
    const text = 'FROM python:3.12\nCOPY . .\n';
    const merged = wanted(text, '# mine\r\n*.log\r\n!data');
    assert.ok(merged?.startsWith('# mine\r\n*.log\r\n!data\n'));
    assert.ok(patterns(merged).includes('.git'));
    // It was taken back by hand.
    assert.ok(!patterns(merged).includes('data'));
    assert.equal(wanted(text, merged), undefined);
  });

  it('mends what was found', () => {
    const text = 'FROM python:3.12\nCOPY . .\n';
    const rulesFound = (dockerignore: string | undefined): string[] =>
      judged(text, { project, dockerignore }).findings.map(({ rule }) => rule);
    assert.ok(rulesFound(undefined).includes('context-not-ignored'));
    assert.ok(!rulesFound(wanted(text)).includes('context-not-ignored'));
    assert.ok(rulesFound('*.log\n').includes('context-not-ignored'));
    assert.ok(!rulesFound(wanted(text, '*.log\n')).includes('context-not-ignored'));
  });
});
