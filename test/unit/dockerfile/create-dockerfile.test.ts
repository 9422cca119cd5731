import assert from 'node:assert/strict';
import {
  defaultAnswers,
  generateFiles,
  snapshotDay,
  suggestRecipes,
} from '../../../src/dockerfile/create-dockerfile.js';
import { notebookRecipe } from '../../../src/dockerfile/recipes/notebook-recipe.js';
import { plainPythonRecipe } from '../../../src/dockerfile/recipes/plain-python-recipe.js';
import { type EntryPoint } from '../../../src/project/project.js';
import { sampleProject } from './recipes/sample-project.js';

const script: EntryPoint = {
  kind: 'script',
  command: ['python', 'a b.py'],
  file: 'a b.py',
  port: undefined,
  because: 'x',
};
const digest = `sha256:${'0a'.repeat(32)}`;
const forever = new AbortController().signal;

describe('a Dockerfile for a project', () => {
  it('is proposed by recipes that its files ask for before those that would do', () => {
    const project = sampleProject({
      files: ['a b.py', 'requirements.txt'],
      entries: [script],
      dependencies: [
        {
          kind: 'pip',
          files: ['requirements.txt'],
          requirements: ['requirements.txt'],
          pins: 'versions',
          dependencies: [],
        },
      ],
    });
    const suggested = suggestRecipes(project);
    assert.equal(suggested[0]?.recipe.id, 'pip');
    const degrees = suggested.map(({ fit }) => fit.degree);
    assert.deepEqual(degrees, [...degrees].sort());
    assert.ok(degrees.includes('possible'));
  });

  it('runs the likeliest entry and keeps its results, unless told otherwise', () => {
    const project = sampleProject({
      files: ['a b.py'],
      entries: [script],
      outputs: [{ folder: 'figures', file: 'a b.py', line: 3 }],
    });
    const answers = defaultAnswers(project, plainPythonRecipe, {}, '20261124');
    assert.deepEqual(
      { command: answers.command, output: answers.output, snapshot: answers.snapshot },
      { command: ['python', 'a b.py'], output: 'figures', snapshot: '20261124' },
    );
    assert.deepEqual(defaultAnswers(project, plainPythonRecipe, { command: ['true'] }, '20261124').command, ['true']);
  });

  it('runs a notebook into the folder for results that is asked for', () => {
    const project = sampleProject({ files: ['a.ipynb'], notebooks: [{ file: 'a.ipynb', language: 'python' }] });
    const { command } = defaultAnswers(project, notebookRecipe, { output: 'figures' }, '20261124');
    assert.deepEqual(command.slice(-2), ['a.ipynb', 'figures/a.ipynb']);
    const writing = { ...project, outputs: [{ folder: 'plots', file: 'a.py', line: 1 }] };
    assert.equal(defaultAnswers(writing, notebookRecipe, {}, '20261124').command.at(-1), 'plots/a.ipynb');
  });

  it('has packages of a day that archives have by now', () => {
    assert.equal(snapshotDay(new Date('2026-03-01T01:00:00+05:00')), '20260226');
  });

  it('has the digest of each image, or says which it could not get', async () => {
    const project = sampleProject({ files: ['a b.py'], entries: [script] });
    const answers = defaultAnswers(project, plainPythonRecipe, {}, '20261124');
    const asked: string[] = [];
    const pinned = await generateFiles(
      project,
      plainPythonRecipe,
      answers,
      (reference) => {
        asked.push(reference);
        return Promise.resolve(digest);
      },
      forever,
    );
    assert.ok(asked.length > 0);
    for (const reference of asked) assert.ok(pinned.dockerfile.includes(`${reference}@${digest}`));
    assert.deepEqual(pinned.unpinned, []);
    const unknown = () => Promise.resolve(undefined);
    const unpinned = await generateFiles(project, plainPythonRecipe, answers, unknown, forever);
    assert.deepEqual(unpinned.unpinned, asked);
    assert.equal(unpinned.dockerfile, pinned.dockerfile.replaceAll(`@${digest}`, ''));
  });
});
