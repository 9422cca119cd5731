import assert from 'node:assert/strict';
import { foundSummary, foundText } from '../../../../src/ui/wizard/found-text.js';
import {
  sampleDependencies,
  sampleImports,
  sampleProject,
  sampleVersion,
} from '../../dockerfile/recipes/sample-project.js';
import { sampleRecipe } from './sample-recipe.js';

const project = sampleProject({
  files: ['main.py', 'uv.lock', 'pyproject.toml', 'plots.ipynb'],
  dependencies: [
    {
      kind: 'uv',
      files: ['uv.lock', 'pyproject.toml'],
      lock: 'uv.lock',
      isPackage: false,
      members: [],
      dependencies: sampleDependencies('numpy==2.1.3', 'pandas==2.2.3'),
    },
  ],
  versions: [sampleVersion('python', '>=3.12')],
  entries: [
    {
      kind: 'script',
      command: ['python', 'my main.py'],
      file: 'my main.py',
      port: undefined,
      because: 'it has a main block',
    },
  ],
  outputs: [{ folder: 'figures', file: 'main.py', line: 7 }],
  data: ['data'],
  notebooks: [{ file: 'plots.ipynb', language: undefined }],
  imports: sampleImports('numpy'),
  misspelt: [{ file: 'requirments.txt', meant: 'requirements.txt' }],
  problems: [{ file: 'setup.cfg', line: 3, message: 'a value is missing' }],
});
const recipe = sampleRecipe();
const suggestions = [{ recipe, fit: { degree: 'made' as const, because: 'uv.lock pins 2 packages' } }];

describe('what was found, as a text', () => {
  const text = foundText(project, suggestions);

  for (const line of [
    '# What was found in study',
    '4 files in /home/maria/study.',
    '- Sample (made for this project): uv.lock pins 2 packages',
    '- requirments.txt is read by nothing; requirements.txt would be',
    '- setup.cfg:3: a value is missing',
    '- uv (uv.lock, pyproject.toml): 2 packages',
    '- Python >=3.12 (pyproject.toml:1)',
    "- python 'my main.py' (my main.py: it has a main block)",
    '- figures (main.py:7)',
    '- data',
    '- plots.ipynb',
    '- numpy (main.py)',
  ]) {
    it(`says: ${line}`, () => {
      assert.ok(text.split('\n').includes(line), text);
    });
  }

  it('has no chapter of what was not found', () => {
    assert.doesNotMatch(text, /Origin/);
    assert.equal(foundText(sampleProject(), []), '# What was found in study\n\n0 files in /home/maria/study.\n');
  });

  it('stays one line for each thing, whatever is in its name', () => {
    const odd = foundText(sampleProject({ data: ['a\n# not a heading'] }), []);
    assert.ok(odd.split('\n').includes('- a⏎# not a heading'), odd);
  });

  it('names no more of a kind than can be read', () => {
    const many = foundText(sampleProject({ data: Array.from({ length: 100 }, (_, index) => `data${index}`) }), []);
    assert.match(many, /- data39\n- … and 60 more\n/);
  });
});

describe('what was found, in a few words', () => {
  it('names the file that counts, the version and how much can be run', () => {
    assert.equal(foundSummary(project), 'uv.lock · Python >=3.12 · 1 program · 1 notebook');
  });

  it('says so where nothing was found', () => {
    assert.equal(foundSummary(sampleProject()), 'no file with dependencies');
  });
});
