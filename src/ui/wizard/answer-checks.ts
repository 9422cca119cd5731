import { type Recipe, type RecipeAnswers } from '../../dockerfile/recipes/recipe.js';
import { Failure } from '../../host/failure.js';
import { formatPlatform, parsePlatform } from '../../image/platform.js';
import { type Project } from '../../project/project.js';

/** A folder for results as recipes take it: `./results/` is `results`. */
export function normalOutput(text: string): string {
  return text
    .trim()
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** What is wrong with a folder for results; undefined for one that can be used. */
export function outputProblem(text: string, project: Project): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 'Give a folder of the project, such as “results”.';
  if (/^(?:[/\\~]|[A-Za-z]:)/.test(trimmed)) return 'Give a path relative to the project’s folder.';
  if (trimmed.includes('\\')) return 'Write “/” between folders.';
  if (/\p{Cc}/u.test(trimmed)) return 'It has characters that cannot be typed.';
  const folder = normalOutput(trimmed);
  if (folder === '') return 'Give a folder below the project’s own: results would lie among its files.';
  if (folder.split('/').includes('..')) return 'It must lie inside the project’s folder.';
  const { listing, entries, dependencies } = project;
  if (listing.files.includes(folder)) return `“${folder}” is a file.`;
  const needed = [...entries.map(({ file }) => file), ...dependencies.flatMap(({ files }) => files)];
  const hidden = needed.find((file) => file.startsWith(`${folder}/`));
  return hidden === undefined ? undefined : `“${hidden}” is in it: a folder for results has nothing else.`;
}

/** A port as a person types it; undefined for none. */
export function parsePort(text: string): number | undefined {
  const port = Number(text.trim());
  return /^\d{1,5}$/.test(text.trim()) && port >= 1 && port <= 65_535 ? port : undefined;
}

/** Answers from code: each may be left out. */
export type GivenAnswers = { [Key in keyof RecipeAnswers]?: RecipeAnswers[Key] | undefined };

/** The answers that are there, as recipes take them. Throws `invalid-argument` for one that the recipe does not know. */
export function checkAnswers(given: GivenAnswers, recipe: Recipe, project: Project): Partial<RecipeAnswers> {
  const { version, accelerator, command, output, platforms, snapshot, port } = given;
  const checked: Partial<RecipeAnswers> = {};
  if (version !== undefined) {
    checked.version = oneOf(
      'version',
      version,
      recipe.versions(project).map((choice) => choice.value),
    );
  }
  if (accelerator !== undefined) {
    checked.accelerator = oneOf(
      'accelerator',
      accelerator,
      recipe.accelerators(project).map((choice) => choice.value),
    );
  }
  if (command !== undefined) {
    if (command[0]?.trim() === '') throw invalid('command: its first word is empty');
    if (command.some((word) => word.includes('\0')))
      throw invalid('command: it has a character that no program can get');
    checked.command = command;
  }
  if (output !== undefined) {
    const problem = outputProblem(output, project);
    if (problem !== undefined) throw invalid(`output: ${problem}`);
    checked.output = normalOutput(output);
  }
  if (platforms !== undefined) checked.platforms = checkPlatforms(platforms);
  if (snapshot !== undefined) {
    if (!isDay(snapshot)) throw invalid(`snapshot: “${snapshot}” is no day such as 20261126`);
    checked.snapshot = snapshot;
  }
  if (port !== undefined) {
    const parsed = parsePort(String(port));
    if (parsed === undefined) throw invalid(`port: ${port} is none`);
    checked.port = parsed;
  }
  return checked;
}

function checkPlatforms(platforms: readonly string[]): string[] {
  if (platforms.length === 0) throw invalid('platforms: name at least one, such as linux/amd64');
  const parsed = platforms.map((text) => {
    const platform = parsePlatform(text);
    if (platform?.os !== 'linux') throw invalid(`platforms: “${text}” is none such as linux/amd64`);
    return formatPlatform(platform);
  });
  return [...new Set(parsed)];
}

/** A day of the calendar as `20261126`. */
function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const time = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.getUTCDate() === Number(day);
}

function oneOf<T extends string>(name: string, value: T, offered: readonly T[]): T {
  if (offered.includes(value)) return value;
  throw invalid(`${name}: “${value}” is none of ${offered.join(', ')}`);
}

function invalid(problem: string): Failure {
  return new Failure('invalid-argument', `createDockerfile was called with a wrong answer: ${problem}.`, 'Correct it.');
}
