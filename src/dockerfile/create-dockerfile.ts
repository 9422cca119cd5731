import { pathComponentFrom } from '../image/reference.js';
import { type Project } from '../project/project.js';
import { pinReferences, referencesToPin } from './pin-references.js';
import { dockerignoreText } from './recipes/dockerignore.js';
import { readmeSection } from './recipes/readme-section.js';
import { type Fit, type Recipe, type RecipeAnswers, type Written } from './recipes/recipe.js';
import { recipes } from './recipes/recipes.js';

/** A recipe that fits a project. */
export interface Suggestion {
  recipe: Recipe;
  fit: Fit;
}

/** What is to be written, as whole texts. */
export interface GeneratedFiles {
  dockerfile: string;
  dockerignore: string;
  /** A section “How to run” for the README, in Markdown. */
  readmeSection: string;
  hints: Written['hints'];
  /** The images that got no digest, since nobody could be asked for it. */
  unpinned: readonly string[];
}

/** Asks for the digest that a reference has now; undefined where nobody can say. */
export type ResolveDigest = (reference: string, signal: AbortSignal) => Promise<string | undefined>;

/** The recipes that fit, best first. */
export function suggestRecipes(project: Project): Suggestion[] {
  const suggestions = recipes.flatMap((recipe) => {
    const fit = recipe.fit(project);
    return fit === undefined ? [] : [{ recipe, fit }];
  });
  const made = suggestions.filter(({ fit }) => fit.degree === 'made');
  return [...made, ...suggestions.filter(({ fit }) => fit.degree === 'possible')];
}

/**
 * What a recipe is told when nobody is asked: the likeliest of what was found in the project.
 *
 * @param given answers that take the place of those
 * @param snapshot of `snapshotDay`
 */
export function defaultAnswers(
  project: Project,
  recipe: Recipe,
  given: Partial<RecipeAnswers>,
  snapshot: string,
): RecipeAnswers {
  const [entry] = project.entries;
  const output = given.output ?? project.outputs[0]?.folder ?? 'results';
  const run = recipe.command?.(project, output) ?? { command: entry?.command ?? [], port: entry?.port };
  return {
    version: recipe.versions(project)[0]?.value ?? '',
    accelerator: recipe.accelerators(project)[0]?.value ?? 'cpu',
    command: run.command,
    output,
    platforms: ['linux/amd64'],
    snapshot,
    port: given.command === undefined ? run.port : undefined,
    ...given,
  };
}

/** Archives of packages may not have the state of the youngest days, in milliseconds. */
const archiveDelay = 2 * 86_400_000;

/** The day whose packages are taken, by UTC: `20261124` on 26 November 2026. */
export function snapshotDay(now: Date): string {
  return new Date(now.getTime() - archiveDelay).toISOString().slice(0, 10).replaceAll('-', '');
}

/**
 * Writes the files of a project, without writing them to disk. Each image is asked for its digest once, all at the same
 * time.
 */
export async function generateFiles(
  project: Project,
  recipe: Recipe,
  answers: RecipeAnswers,
  resolve: ResolveDigest,
  signal: AbortSignal,
): Promise<GeneratedFiles> {
  const { dockerfile, ignored, hints } = recipe.write(project, answers);
  const references = referencesToPin(dockerfile);
  const digests = new Map(
    await Promise.all(
      references.map(async (reference): Promise<[string, string | undefined]> => [
        reference,
        await resolve(reference, signal),
      ]),
    ),
  );
  return {
    dockerfile: pinReferences(dockerfile, (reference) => digests.get(reference)).text,
    dockerignore: dockerignoreText(project, answers, ignored),
    readmeSection: readmeSection(project, answers, imageName(project)),
    hints,
    unpinned: references.filter((reference) => digests.get(reference) === undefined),
  };
}

/** What the commands of the README call the image. */
function imageName({ name }: Project): string {
  return pathComponentFrom(name);
}
