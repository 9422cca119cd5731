import {
  defaultAnswers,
  type GeneratedFiles,
  suggestRecipes,
  type Suggestion,
} from '../../dockerfile/create-dockerfile.js';
import { type Recipe, type RecipeAnswers } from '../../dockerfile/recipes/recipe.js';
import { Failure } from '../../host/failure.js';
import { shellLine } from '../../host/shell-line.js';
import { lockConflict } from '../../project/ambiguity.js';
import { type DependencySource, type Project } from '../../project/project.js';

/** What the questions have led to so far. */
export interface Draft {
  /** The folder that the questions began with. */
  root: Project;
  /** The project that is asked about: the one of the folder, or one below it. */
  found: Project;
  /** Of several that say the same in different ways, the one that counts. */
  source: DependencySource | undefined;
  /** `found` as the recipes see it: without the ways that do not count. */
  project: Project;
  suggestions: readonly Suggestion[];
  recipe: Recipe;
  /** What was answered, or is known beforehand; all else is proposed. */
  given: Partial<RecipeAnswers>;
  /** As `20261126`. */
  today: string;
  /** The parts that are left out, or that are wanted other than proposed. */
  parts: Partial<Record<Part, boolean>>;
  /** Undefined until the files are written. */
  written: WrittenFiles | undefined;
}

/** What has become of the answers. */
export interface WrittenFiles {
  /** Absolute paths. */
  files: readonly string[];
  hints: GeneratedFiles['hints'];
  /** Images without a digest. */
  unpinned: readonly string[];
}

/** One of the files that are made. */
export type Part = 'dockerfile' | 'dockerignore' | 'readme';

/**
 * Where the questions begin.
 *
 * @param found `root`, or a project below it
 * @param given what is known beforehand
 * Throws `file-not-found` where no recipe fits.
 */
export function draftOf(root: Project, found: Project, given: Partial<RecipeAnswers>, today: string): Draft {
  return { ...seenAs(found, undefined), root, given, today, parts: {}, written: undefined };
}

/**
 * The same for a project that was looked at anew, of which the source that counts stays the one that it was, or for another
 * one below the folder. Throws `file-not-found`.
 */
export function withFound(draft: Draft, found: Project): Draft {
  const root = found.folder === draft.root.folder ? found : draft.root;
  if (found.folder === draft.found.folder) {
    const source = lockConflict(found)?.find(({ kind }) => kind === draft.source?.kind);
    return keepKnown({ ...draft, ...seenAs(found, source), root });
  }
  // What runs and where results go is another project's affair.
  const { platforms } = draft.given;
  return draftOf(root, found, platforms === undefined ? {} : { platforms }, draft.today);
}

/** Leaves out what says otherwise than this source. Throws `file-not-found`. */
export function withSource(draft: Draft, source: DependencySource): Draft {
  return source === draft.source ? draft : keepKnown({ ...draft, ...seenAs(draft.found, source) });
}

/** Another recipe, with those of the answers that it knows. */
export function withRecipe(draft: Draft, recipe: Recipe): Draft {
  return recipe === draft.recipe ? draft : keepKnown({ ...draft, recipe });
}

export function withAnswers(draft: Draft, given: Partial<RecipeAnswers>): Draft {
  return { ...draft, given: { ...draft.given, ...given } };
}

/**
 * Runs another command, with the port that it listens on. The one that runs as things stand, proposed or chosen, changes
 * nothing: what is proposed may still follow other answers, and a port that was answered stays.
 */
export function withCommand(draft: Draft, { command, port }: Pick<RecipeAnswers, 'command' | 'port'>): Draft {
  const isSame = shellLine(command) === shellLine(answersOf(draft).command);
  return isSame ? draft : withAnswers(draft, { command, port });
}

/** All answers: those that were given, and what is proposed for the others. */
export function answersOf({ project, recipe, given, today }: Draft): RecipeAnswers {
  return defaultAnswers(project, recipe, given, today);
}

/** A project without the sources that are in conflict with the one that counts. */
export function withoutRivals(project: Project, counts: DependencySource): Project {
  const rivals = lockConflict(project) ?? [];
  const isRival = (source: DependencySource): boolean => source.kind !== counts.kind && rivals.includes(source);
  return { ...project, dependencies: project.dependencies.filter((source) => !isRival(source)) };
}

function keepKnown(draft: Draft): Draft {
  const { recipe, project } = draft;
  const { version, accelerator, ...others } = draft.given;
  const isVersion = recipe.versions(project).some(({ value }) => value === version);
  const isAccelerator = recipe.accelerators(project).some(({ value }) => value === accelerator);
  const given = {
    ...others,
    ...(version !== undefined && isVersion ? { version } : {}),
    ...(accelerator !== undefined && isAccelerator ? { accelerator } : {}),
  };
  return { ...draft, given };
}

function seenAs(
  found: Project,
  source: DependencySource | undefined,
): Pick<Draft, 'found' | 'source' | 'project' | 'suggestions' | 'recipe'> {
  const project = source === undefined ? found : withoutRivals(found, source);
  const suggestions = suggestRecipes(project);
  const [best] = suggestions;
  if (best === undefined) {
    throw new Failure(
      'file-not-found',
      `Nothing was found in ${found.folder} that a Dockerfile could be made for.`,
      'Choose the folder with the code of the project: Python, R, Julia, C++ or notebooks.',
    );
  }
  return { found, source, project, suggestions, recipe: best.recipe };
}
