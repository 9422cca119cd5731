import assert from 'node:assert/strict';
import { type DependencySource } from '../../../../src/project/project.js';
import {
  answersOf,
  type Draft,
  draftOf,
  withAnswers,
  withCommand,
  withFound,
  withoutRivals,
  withRecipe,
  withSource,
} from '../../../../src/ui/wizard/draft.js';
import { sampleDependencies, sampleProject } from '../../dockerfile/recipes/sample-project.js';
import { sampleRecipe } from './sample-recipe.js';

const today = '20261126';
const uv: DependencySource = {
  kind: 'uv',
  files: ['uv.lock', 'pyproject.toml'],
  lock: 'uv.lock',
  isPackage: false,
  members: [],
  dependencies: sampleDependencies('numpy==2.1.3'),
};
const poetry: DependencySource = {
  kind: 'poetry',
  files: ['poetry.lock', 'pyproject.toml'],
  lock: 'poetry.lock',
  isPackage: false,
  dependencies: sampleDependencies('numpy==2.1.3'),
};
const renv: DependencySource = { kind: 'renv', files: ['renv.lock'], lock: 'renv.lock', support: [], dependencies: [] };

describe('what the questions have led to', () => {
  const project = sampleProject({ files: ['main.py'] });
  const recipe = sampleRecipe();
  const other = sampleRecipe({
    id: 'other',
    versions: () => [{ value: '3.11', label: '3.11', because: undefined }],
    accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  });
  const draft: Draft = {
    root: project,
    found: project,
    source: undefined,
    project,
    suggestions: [],
    recipe,
    given: {},
    today,
    parts: {},
    written: undefined,
  };

  it('are proposals until they are answered', () => {
    assert.equal(answersOf(draft).version, '3.12');
    assert.equal(answersOf(draft).snapshot, today);
    const answered = withAnswers(draft, { version: '3.11', output: 'out' });
    assert.equal(answersOf(answered).version, '3.11');
    assert.equal(answersOf(answered).output, 'out');
    assert.equal(answersOf(draft).version, '3.12');
  });

  it('keep with another recipe what that one knows, and all that does not depend on it', () => {
    const answered = withAnswers(draft, { version: '3.11', accelerator: 'cuda', output: 'out', command: ['make'] });
    assert.deepEqual(withRecipe(answered, other).given, { version: '3.11', output: 'out', command: ['make'] });
    assert.deepEqual(withRecipe(withAnswers(draft, { version: '3.12' }), other).given, {});
    assert.equal(withRecipe(answered, other).recipe, other);
  });

  it('stay as they are with the same recipe', () => {
    assert.equal(withRecipe(draft, recipe), draft);
  });

  describe('where a command is chosen', () => {
    const notebook = sampleRecipe({ command: () => ({ command: ['papermill', 'a.ipynb'], port: 8888 }) });
    const proposed = { ...draft, recipe: notebook };

    it('leave it to the recipe while its own is taken', () => {
      assert.equal(withCommand(proposed, { command: ['papermill', 'a.ipynb'], port: undefined }), proposed);
      assert.deepEqual(withRecipe(proposed, recipe).given, {});
    });

    it('keep the port of one that was chosen before', () => {
      const chosen = withAnswers(withCommand(proposed, { command: ['python', 'app.py'], port: 5000 }), { port: 80 });
      assert.equal(withCommand(chosen, { command: ['python', 'app.py'], port: 5000 }), chosen);
      assert.equal(answersOf(chosen).port, 80);
    });

    it('take the port of another one', () => {
      const chosen = withCommand(proposed, { command: ['python', 'app.py'], port: 5000 });
      assert.deepEqual(chosen.given, { command: ['python', 'app.py'], port: 5000 });
      assert.deepEqual(withCommand(chosen, { command: [], port: undefined }).given, { command: [], port: undefined });
    });
  });
});

describe('a project with two lock files', () => {
  const project = sampleProject({
    files: ['main.py', 'poetry.lock', 'pyproject.toml', 'renv.lock', 'uv.lock'],
    dependencies: [uv, poetry, renv],
  });

  it('is seen by the recipes with the one that counts, and with those of other languages', () => {
    assert.deepEqual(withoutRivals(project, poetry).dependencies, [poetry, renv]);
    assert.deepEqual(withoutRivals(project, uv).dependencies, [uv, renv]);
  });

  it('can be thought over', () => {
    const draft = draftOf(project, project, {}, today);
    const chosen = withSource(draft, poetry);
    assert.deepEqual(chosen.project.dependencies, [poetry, renv]);
    assert.deepEqual(withSource(chosen, uv).project.dependencies, [uv, renv]);
    assert.equal(chosen.found, project);
  });

  it('keeps its recipe where the same one is chosen again', () => {
    const chosen = withSource(draftOf(project, project, {}, today), uv);
    const other = chosen.suggestions.find(({ recipe }) => recipe !== chosen.recipe);
    assert.ok(other);
    const answered = withRecipe(chosen, other.recipe);
    assert.equal(withSource(answered, uv), answered);
  });

  it('keeps the one that counts where it is looked at anew', () => {
    const chosen = withSource(draftOf(project, project, {}, today), poetry);
    const renewed = { ...project, dependencies: [{ ...uv }, { ...poetry }, { ...renv }] };
    const again = withFound(chosen, renewed);
    assert.equal(again.recipe.id, 'poetry');
    assert.deepEqual(again.project.dependencies, [poetry, renv]);
    assert.equal(again.source, renewed.dependencies[1]);
    const alone = withFound(chosen, { ...project, dependencies: [uv] });
    assert.equal(alone.source, undefined);
    assert.equal(alone.recipe.id, 'uv');
  });

  it('proposes the recipe of the one that counts', () => {
    const draft = draftOf(project, project, {}, today);
    assert.equal(withSource(draft, poetry).recipe.id, 'poetry');
    assert.equal(withSource(draft, uv).recipe.id, 'uv');
  });
});

describe('a folder with several projects', () => {
  const root = sampleProject({ subprojects: ['one', 'two'] });
  const below = (name: string): ReturnType<typeof sampleProject> => {
    const folder = `${root.folder}/${name}`;
    const listing = { folder, files: ['main.py', 'pyproject.toml', 'uv.lock'], isCut: false };
    return sampleProject({ folder, listing, dependencies: [uv] });
  };

  it('is asked about one of them, and forgets what was answered for another', () => {
    const draft = withAnswers(draftOf(root, below('one'), { platforms: ['linux/arm64'] }, today), { output: 'out' });
    const two = withFound(draft, below('two'));
    assert.equal(two.root, root);
    assert.match(two.found.folder, /two$/);
    assert.deepEqual(two.given, { platforms: ['linux/arm64'] });
  });

  it('keeps what was answered where it is looked at anew', () => {
    const draft = withAnswers(draftOf(root, below('one'), {}, today), { output: 'out' });
    assert.deepEqual(withFound(draft, below('one')).given, { output: 'out' });
  });

  it('is looked at anew itself', () => {
    const one = below('one');
    const renewed = { ...one, name: 'renamed' };
    assert.equal(withFound(draftOf(one, one, {}, today), renewed).root, renewed);
  });
});
