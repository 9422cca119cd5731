import { repo2dockerRecipe } from '../convert/repo2docker-recipe.js';
import { cmakeRecipe } from './cmake-recipe.js';
import { condaRecipe } from './conda-recipe.js';
import { cudaSourceRecipe } from './cuda-source-recipe.js';
import { juliaRecipe } from './julia-recipe.js';
import { minicondaRecipe } from './miniconda-recipe.js';
import { notebookRecipe } from './notebook-recipe.js';
import { pdmRecipe } from './pdm-recipe.js';
import { pipRecipe } from './pip-recipe.js';
import { pipenvRecipe } from './pipenv-recipe.js';
import { pixiRecipe } from './pixi-recipe.js';
import { plainPythonRecipe } from './plain-python-recipe.js';
import { poetryRecipe } from './poetry-recipe.js';
import { rRecipe } from './r-recipe.js';
import { type Recipe } from './recipe.js';
import { renvRecipe } from './renv-recipe.js';
import { setuptoolsRecipe } from './setuptools-recipe.js';
import { uvRecipe } from './uv-recipe.js';
import { webAppRecipe } from './web-app-recipe.js';

/** All recipes; where several fit a project equally well, the earlier one is proposed. */
export const recipes: readonly Recipe[] = [
  repo2dockerRecipe,
  cudaSourceRecipe,
  cmakeRecipe,
  notebookRecipe,
  webAppRecipe,
  uvRecipe,
  poetryRecipe,
  pdmRecipe,
  pipenvRecipe,
  pixiRecipe,
  condaRecipe,
  pipRecipe,
  setuptoolsRecipe,
  plainPythonRecipe,
  minicondaRecipe,
  renvRecipe,
  juliaRecipe,
  rRecipe,
];
