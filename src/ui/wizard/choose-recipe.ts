import { type Suggestion } from '../../dockerfile/create-dockerfile.js';
import { type Recipe } from '../../dockerfile/recipes/recipe.js';
import { Failure } from '../../host/failure.js';
import { type DependencySource, type Project } from '../../project/project.js';

/**
 * Rejects by throwing what only a person can decide: `misspelt-file`, and `ambiguous-project` for several projects, or several
 * lock files of one language. A recipe that is named decides between the last two.
 */
export function requireDecided(
  project: Project,
  conflict: readonly DependencySource[] | undefined,
  recipe: string | undefined,
): void {
  const [misspelt] = project.misspelt;
  if (misspelt !== undefined) {
    throw new Failure(
      'misspelt-file',
      `${misspelt.file} in ${project.folder} is read by nothing: it is misspelt.`,
      `Rename it to ${misspelt.meant}.`,
    );
  }
  if (recipe !== undefined) return;
  if (project.subprojects.length > 1) {
    throw new Failure(
      'ambiguous-project',
      `${project.folder} has several projects: ${project.subprojects.join(', ')}.`,
      'Choose the folder of one of them.',
    );
  }
  if (conflict !== undefined) {
    throw new Failure(
      'ambiguous-project',
      `The dependencies of ${project.folder} are said in several ways: ${conflict.map(sourceName).join('; ')}.`,
      'Remove those that do not count, or name a recipe.',
    );
  }
}

/** The recipe of that name, or the best one. Throws `invalid-argument` for one that is unknown or does not fit. */
export function chooseRecipe(
  suggestions: readonly Suggestion[],
  all: readonly Recipe[],
  id: string | undefined,
  folder: string,
): Recipe {
  const fitting = suggestions.map(({ recipe }) => recipe);
  const chosen = id === undefined ? fitting[0] : fitting.find((recipe) => recipe.id === id);
  if (chosen !== undefined) return chosen;
  const names = (recipes: readonly Recipe[]): string => recipes.map((recipe) => recipe.id).join(', ');
  if (id !== undefined && !all.some((recipe) => recipe.id === id)) {
    throw new Failure('invalid-argument', `There is no recipe “${id}”.`, `Name one of: ${names(all)}.`);
  }
  throw new Failure(
    'invalid-argument',
    id === undefined ? `No recipe fits ${folder}.` : `The recipe “${id}” does not fit ${folder}.`,
    fitting.length === 0 ? 'Put the code of the project into the folder first.' : `Those that fit: ${names(fitting)}.`,
  );
}

/** A source of dependencies as a person reads it: `uv (uv.lock, pyproject.toml)`. */
export function sourceName({ kind, files }: DependencySource): string {
  return `${kind} (${files.join(', ')})`;
}
