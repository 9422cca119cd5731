import { type DependencySource, type Project } from '../../project/project.js';
import { condaEnvironment, condaRecipe } from './conda-recipe.js';
import { toolEnvironment } from './locked-by-tool.js';
import { pdm, pdmRecipe } from './pdm-recipe.js';
import { pipEnvironment, pipRecipe } from './pip-recipe.js';
import { pipenv, pipenvRecipe } from './pipenv-recipe.js';
import { pixiEnvironment, pixiRecipe } from './pixi-recipe.js';
import { plainEnvironment, plainPythonRecipe } from './plain-python-recipe.js';
import { poetry, poetryRecipe } from './poetry-recipe.js';
import { type PythonEnvironment } from './python-environment.js';
import { type Recipe, type RecipeAnswers } from './recipe.js';
import { setuptoolsEnvironment, setuptoolsRecipe } from './setuptools-recipe.js';
import { uvEnvironment, uvRecipe } from './uv-recipe.js';

/** The way in which a project's packages of Python are installed, whatever is run with them. */
interface Installing {
  /** That of the project as it is, which knows the versions and accelerators. */
  recipe: Recipe;
  /** The source that says what is installed; none where it is what the code imports. */
  sources: readonly DependencySource[];
  environment(answers: RecipeAnswers): PythonEnvironment;
}

/** By the first of the project's files that says it, or else by what the code imports. */
export function installingOf(project: Project): Installing {
  for (const source of project.dependencies) {
    const found = bySource(project, source);
    if (found !== undefined) return { ...found, sources: [source] };
  }
  return { recipe: plainPythonRecipe, sources: [], environment: (answers) => plainEnvironment(project, answers) };
}

function bySource(project: Project, source: DependencySource): Omit<Installing, 'sources'> | undefined {
  switch (source.kind) {
    case 'pip':
      return { recipe: pipRecipe, environment: (answers) => pipEnvironment(project, answers, source) };
    case 'setuptools':
      return { recipe: setuptoolsRecipe, environment: (answers) => setuptoolsEnvironment(project, answers, source) };
    case 'uv':
      return { recipe: uvRecipe, environment: (answers) => uvEnvironment(project, answers, source) };
    case 'poetry':
      return { recipe: poetryRecipe, environment: (answers) => toolEnvironment(project, answers, poetry, source) };
    case 'pdm':
      return { recipe: pdmRecipe, environment: (answers) => toolEnvironment(project, answers, pdm, source) };
    case 'pipenv':
      return { recipe: pipenvRecipe, environment: (answers) => toolEnvironment(project, answers, pipenv, source) };
    case 'conda':
      return { recipe: condaRecipe, environment: (answers) => condaEnvironment(answers, source) };
    case 'pixi':
      return { recipe: pixiRecipe, environment: (answers) => pixiEnvironment(project, answers, source) };
    case 'renv':
    case 'r':
    case 'julia':
    case 'cmake':
      return undefined;
  }
}
