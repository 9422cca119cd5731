import assert from 'node:assert/strict';
import { defaultAnswers, suggestRecipes } from '../../../../src/dockerfile/create-dockerfile.js';
import { type RecipeAnswers } from '../../../../src/dockerfile/recipes/recipe.js';
import { detectProject } from '../../../../src/project/detect-project.js';
import { listProject } from '../../../../src/project/listing.js';

/** What is written for a small project on disk by one of the recipes that fit it. */
async function writtenFor(
  name: string,
  recipe: string,
  given: Partial<RecipeAnswers> = {},
): Promise<{ because: string; dockerfile: string }> {
  const project = await detectProject(await listProject(`test/fixtures/projects/${name}`));
  const suggestion = suggestRecipes(project).find((each) => each.recipe.id === recipe);
  assert.ok(suggestion?.fit.degree === 'made');
  const answers = defaultAnswers(project, suggestion.recipe, given, '20261126');
  return { because: suggestion.fit.because, dockerfile: suggestion.recipe.write(project, answers).dockerfile };
}

describe('The recipes of Python, for small projects', () => {
  it('with pip, included files and constraints', async () => {
    const { dockerfile } = await writtenFor('pip-study', 'pip');
    assert.match(dockerfile, /^FROM python:3\.11-slim-bookworm$/m);
    assert.match(
      dockerfile,
      /^COPY requirements\.txt constraints\.txt \.\/\nCOPY requirements\/base\.txt \.\/requirements\/$/m,
    );
    assert.match(dockerfile, /image\.title="Means of small numbers"/);
    assert.match(dockerfile, /^CMD \["python", "main\.py"\]$/m);
  });

  it('with pip-tools, by their checksums', async () => {
    const { dockerfile } = await writtenFor('pip-tools-study', 'pip');
    assert.match(dockerfile, /^COPY requirements\.txt \.\/$/m);
    assert.match(dockerfile, /--require-hashes/);
  });

  it('with uv, as a package with a command', async () => {
    const { because, dockerfile } = await writtenFor('uv-study', 'uv');
    assert.match(because, /^uv\.lock pins \d+ packages?$/);
    assert.match(dockerfile, /uv sync --locked --inexact$/m);
    assert.match(dockerfile, /^CMD \["tides"\]$/m);
  });

  it('with Poetry', async () => {
    const { dockerfile } = await writtenFor('poetry-study', 'poetry');
    assert.match(dockerfile, /poetry install --no-interaction --only-root$/m);
  });

  it('with conda, and a notebook on top of it', async () => {
    const { dockerfile } = await writtenFor('conda-study', 'conda');
    assert.match(dockerfile, /^COPY environment\.yml requirements\.txt \.\/$/m);
    const notebook = await writtenFor('conda-study', 'notebook');
    assert.match(notebook.dockerfile, /^CMD \["papermill", .*"lakes\.ipynb", ".*\/lakes\.ipynb"\]$/m);
  });

  it('with pixi', async () => {
    const { dockerfile } = await writtenFor('pixi-study', 'pixi');
    assert.match(dockerfile, /pixi install --locked --environment default$/m);
  });
});
