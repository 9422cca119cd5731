import assert from 'node:assert/strict';
import { type Suggestion } from '../../../../src/dockerfile/create-dockerfile.js';
import { type DependencySource } from '../../../../src/project/project.js';
import { chooseRecipe, requireDecided } from '../../../../src/ui/wizard/choose-recipe.js';
import { sampleProject } from '../../dockerfile/recipes/sample-project.js';
import { sampleRecipe } from './sample-recipe.js';

const [uv, pip, conda] = ['uv', 'pip', 'conda'].map((id) => sampleRecipe({ id })) as [
  ReturnType<typeof sampleRecipe>,
  ReturnType<typeof sampleRecipe>,
  ReturnType<typeof sampleRecipe>,
];
const all = [uv, pip, conda];
const suggestions: Suggestion[] = [uv, pip].map((recipe) => ({ recipe, fit: { degree: 'made', because: '' } }));

describe('the recipe that code asks for', () => {
  it('is the best one where none is named', () => {
    assert.equal(chooseRecipe(suggestions, all, undefined, '/study'), uv);
  });

  it('is the one that is named', () => {
    assert.equal(chooseRecipe(suggestions, all, 'pip', '/study'), pip);
  });

  it('is refused with the names of all where there is none of that name', () => {
    assert.throws(() => chooseRecipe(suggestions, all, 'bazel', '/study'), {
      reason: 'invalid-argument',
      message: /bazel/,
      remedy: 'Name one of: uv, pip, conda.',
    });
  });

  it('is refused with the names of those that fit where it does not', () => {
    assert.throws(() => chooseRecipe(suggestions, all, 'conda', '/study'), {
      reason: 'invalid-argument',
      message: /“conda” does not fit \/study/,
      remedy: 'Those that fit: uv, pip.',
    });
  });

  it('is refused where nothing fits', () => {
    for (const id of [undefined, 'uv']) {
      assert.throws(() => chooseRecipe([], all, id, '/study'), { reason: 'invalid-argument', message: /fit/ });
    }
  });
});

describe('what only a person can decide', () => {
  const source = (kind: 'uv' | 'poetry'): DependencySource => ({
    kind,
    files: [`${kind}.lock`],
    lock: `${kind}.lock`,
    isPackage: false,
    members: [],
    dependencies: [],
  });
  const conflict = [source('uv'), source('poetry')];

  it('is nothing in a project that says one thing', () => {
    requireDecided(sampleProject(), undefined, undefined);
    requireDecided(sampleProject({ subprojects: ['only'] }), undefined, undefined);
  });

  it('is which of several lock files counts, unless a recipe is named', () => {
    assert.throws(
      () => {
        requireDecided(sampleProject(), conflict, undefined);
      },
      { reason: 'ambiguous-project', message: /uv \(uv\.lock\); poetry \(poetry\.lock\)/ },
    );
    requireDecided(sampleProject(), conflict, 'uv');
  });

  it('is which of several projects is meant, unless a recipe is named', () => {
    const project = sampleProject({ subprojects: ['one', 'two'] });
    assert.throws(
      () => {
        requireDecided(project, undefined, undefined);
      },
      { reason: 'ambiguous-project', message: /one, two/ },
    );
    requireDecided(project, undefined, 'pip');
  });

  it('is whether a file is misspelt, whatever is named', () => {
    const project = sampleProject({ misspelt: [{ file: 'requirments.txt', meant: 'requirements.txt' }] });
    for (const recipe of [undefined, 'pip']) {
      assert.throws(
        () => {
          requireDecided(project, undefined, recipe);
        },
        { reason: 'misspelt-file', message: /requirments\.txt/, remedy: 'Rename it to requirements.txt.' },
      );
    }
  });
});
