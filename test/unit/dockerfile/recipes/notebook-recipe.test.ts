import assert from 'node:assert/strict';
import { notebookRecipe } from '../../../../src/dockerfile/recipes/notebook-recipe.js';
import { type RecipeAnswers } from '../../../../src/dockerfile/recipes/recipe.js';
import { type Project } from '../../../../src/project/project.js';
import { pipSample, pixiSample } from './python-samples.js';
import { sampleAnswers, sampleDependencies, sampleProject, sampleScript } from './sample-project.js';

function written(project: Project, answers: Partial<RecipeAnswers>): string {
  return notebookRecipe.write(project, sampleAnswers(answers)).dockerfile;
}

describe('A notebook', () => {
  const notebooks = [{ file: 'a b/$x.ipynb', language: undefined }];

  it('is what the project is made for where nothing else is run', () => {
    const fit = (given: Partial<Project>) => notebookRecipe.fit(sampleProject({ notebooks, ...given }));
    assert.equal(fit({})?.degree, 'made');
    assert.equal(fit({ entries: [sampleScript] })?.degree, 'possible');
    assert.equal(fit({ notebooks: [{ file: 'a.ipynb', language: 'R' }] }), undefined);
    assert.equal(fit({ notebooks: [] }), undefined);
  });

  it('needs something to run it, which pixi’s environments cannot be given', () => {
    const fit = (dependencies: string[]) =>
      notebookRecipe.fit(
        sampleProject({
          notebooks,
          dependencies: [pixiSample({ dependencies: sampleDependencies(...dependencies) })],
        }),
      );
    assert.equal(fit(['numpy==2.1.3']), undefined);
    assert.ok(fit(['papermill==2.6.0', 'ipykernel==6.30.1']));
  });

  it('is run into the folder for results by default', () => {
    const project = sampleProject({ notebooks });
    assert.deepEqual(notebookRecipe.command?.(project, 'figures')?.command, [
      ...['papermill', '--kernel', 'python3', '--cwd', 'a b', 'a b/$x.ipynb', 'figures/$x.ipynb'],
    ]);
  });

  it('is run in the kernel that the project pins', () => {
    for (const [packages, installed] of [
      [['ipykernel==6.29.5'], 'papermill==2.6.0'],
      [['papermill==2.4.0'], 'ipykernel==6.30.1'],
    ] as const) {
      const project = sampleProject({ notebooks, dependencies: [pipSample(packages)] });
      const text = written(project, { command: [] });
      assert.ok(text.includes(` --exclude-newer 2026-11-26T00:00:00Z ${installed}\n`), text);
      assert.match(text, /^CMD \["papermill", /m);
    }
  });

  it('is run by what the project brings', () => {
    const project = sampleProject({ notebooks, dependencies: [pipSample(['jupyterlab==4.4.9'])] });
    const text = written(project, { command: [] });
    assert.doesNotMatch(text, /papermill/);
    assert.match(text, /^CMD \["jupyter", "nbconvert", .*"--output-dir", "results", "a b\/\$x\.ipynb"\]$/m);
  });

  it('is never written over, and another command is left as it is', () => {
    const project = sampleProject({ notebooks, dependencies: [pipSample(['jupyterlab==4.4.9'])] });
    const inPlace = ['jupyter', 'nbconvert', '--to', 'notebook', '--execute', '--inplace', 'a b/$x.ipynb'];
    assert.doesNotMatch(written(project, { command: inPlace }), /--inplace/);
    const own = ['papermill', '-p', 'alpha', '0.1', 'a b/$x.ipynb', 'out.ipynb'];
    assert.ok(written(project, { command: own }).includes(`CMD ${JSON.stringify(own).replaceAll(',', ', ')}`));
  });
});
