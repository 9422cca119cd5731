import { defaultAnswers, snapshotDay, suggestRecipes } from '../../dockerfile/create-dockerfile.js';
import { ignoredBy } from '../../dockerfile/ignored-paths.js';
import { mountsOf } from '../../dockerfile/mounts.js';
import { dockerignoreText, mergeDockerignore } from '../../dockerfile/recipes/dockerignore.js';
import { type RecipeAnswers } from '../../dockerfile/recipes/recipe.js';
import { copiesOf, isWhole } from '../../dockerfile/rules/copies.js';
import { type RuleContext } from '../../dockerfile/rules/rule.js';
import { type Subject, subjectOf } from '../../dockerfile/rules/subject.js';
import { secretFileName } from '../../dockerfile/secret-files.js';
import { type Project } from '../../project/project.js';

/** Files of the folders that a Dockerfile names that patterns are compared with. */
const mostFiles = 10_000;

/**
 * What `.dockerignore` should be for a Dockerfile that is there already: as the wizard would write it for the project, without
 * what the Dockerfile copies by name. Where one is there, with what it lacks at its end; undefined where it lacks nothing.
 */
export function wantedIgnoreText(context: RuleContext & { project: Project }): string | undefined {
  const { project, dockerignore } = context;
  const [answers, ignored] = answersOf(project);
  const wanted = withoutCopied(dockerignoreText(project, answers, ignored), copiedFiles(subjectOf(context), project));
  if (dockerignore === undefined) return wanted;
  const merged = mergeDockerignore(dockerignore, wanted);
  return merged === dockerignore ? undefined : merged;
}

function answersOf(project: Project): [answers: RecipeAnswers, ignored: readonly string[]] {
  const [suggestion] = suggestRecipes(project);
  if (suggestion !== undefined) {
    const { recipe } = suggestion;
    const answers = defaultAnswers(project, recipe, {}, snapshotDay(new Date()));
    return [answers, recipe.write(project, answers).ignored];
  }
  const answers: RecipeAnswers = {
    version: '',
    accelerator: 'cpu',
    command: project.entries[0]?.command ?? [],
    output: project.outputs[0]?.folder ?? 'results',
    platforms: ['linux/amd64'],
    snapshot: snapshotDay(new Date()),
    port: undefined,
  };
  return [answers, []];
}

/** What the Dockerfile takes from the context by name, with the files below, except those that are hidden or keys. */
function copiedFiles(subject: Subject, { listing }: Project): string[] {
  const copied = subject.needed
    .flatMap((stage) => copiesOf(subject, stage))
    .flatMap((copy) => copy.sources.filter((source) => !isWhole({ ...copy, sources: [source] })));
  const mounted = subject.needed
    .flatMap(({ instructions }) => instructions)
    .flatMap(mountsOf)
    .flatMap((mount) => (mount.get('type') === 'bind' && !mount.has('from') ? (mount.get('source') ?? []) : []));
  const sources = [...copied, ...mounted]
    .map((source) => source.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, ''))
    .filter((source) => !/^$|^\.+$|[$[\]\\]/.test(source));
  const open = listing.files.filter((file) => !/(?:^|\/)\.|\.pem$/.test(file) && secretFileName(file) === undefined);
  const below = sources.flatMap((source) =>
    /[*?]/.test(source) ? open.filter(ignoredBy([source])) : open.filter((file) => file.startsWith(`${source}/`)),
  );
  return [...sources.filter((source) => !/[*?]/.test(source)), ...below.slice(0, mostFiles)];
}

/** Without the patterns that would leave out one of the files; a comment says so in their place. */
function withoutCopied(text: string, files: readonly string[]): string {
  const parts = text
    .trimEnd()
    .split('\n\n')
    .map((part) => part.split('\n'));
  const kept = parts.map((lines) => {
    const comments = lines.filter((line) => line.startsWith('#'));
    const patterns = lines.filter((line) => !line.startsWith('#'));
    const needed = patterns.filter((pattern) => files.some(ignoredBy([pattern])));
    const notes = needed.map((pattern) => `# ${pattern} is not left out: the Dockerfile copies it.`);
    const rest = patterns.filter((pattern) => !needed.includes(pattern));
    return [...(patterns.length > 0 && rest.length === 0 ? [] : comments), ...notes, ...rest].join('\n');
  });
  return `${kept.join('\n\n')}\n`;
}
