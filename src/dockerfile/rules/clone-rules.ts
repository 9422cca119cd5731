import { jsonList } from '../instructions.js';
import { splitWords } from '../words.js';
import { type StepCommand } from '../step-commands.js';
import { readOptions, valuesOf } from './command-options.js';
import { isGit } from './downloads.js';
import { type Observation, type Rule } from './rule.js';
import { linesOfCommand, linesOfInstruction, type Subject } from './subject.js';

/** The names of branches; any other name is taken for a tag, such as `camera-ready`. */
const branches =
  /^(?:origin\/|refs\/heads\/)?(?:main|master|trunk|dev|devel|develop|development|head|default|stable|nightly|latest|release)$/i;

const remedy =
  'Check out the commit or the tag that you work with, as in “git clone … && cd … && git checkout 1a2b3c4”.';

export const cloneWithoutCommit: Rule = {
  id: 'clone-without-commit',
  title: 'Git repositories are taken at a certain commit or tag',
  why:
    'A clone is whatever its branch has on the day of the build, and may be gone the year after (Nüst et al. 2020, ' +
    'https://doi.org/10.1371/journal.pcbi.1008316, rules 5 and 6).',
  weight: 8,
  needsNetwork: false,
  check: (subject) =>
    [...looseClones(subject), ...looseAdds(subject), ...looseRequirements(subject), ...looseInstalls(subject)].sort(
      (a, b) => a.line - b.line,
    ),
};

function observe(what: string, place: { line: number; endLine: number }): Observation {
  return {
    severity: 'warning',
    ...place,
    message: `${what} is taken as its branch is on the day of the build.`,
    remedy,
    fix: undefined,
  };
}

const valued = new Set(
  (
    '-b --branch --depth -o --origin -c --config --reference --separate-git-dir --template -j --jobs --filter --shallow-since ' +
    '--server-option --revision -u --upload-pack -C --git-dir --work-tree'
  ).split(' '),
);

/** Clones of a stage that no later command takes to a commit. */
function looseClones({ needed, commandsOf }: Subject): Observation[] {
  return needed.flatMap((stage) => {
    const open: { command: StepCommand; url: string }[] = [];
    for (const command of stage.instructions.flatMap(commandsOf)) {
      if (command.program !== 'git') continue;
      const read = readOptions(command.words, valued);
      const [action, ...operands] = read.operands.map(({ text }) => text);
      const [wanted] = valuesOf(read, '-b', '--branch', '--revision');
      if (action === 'clone') {
        const [url = ''] = operands;
        if (url !== '' && !url.startsWith('$') && (wanted === undefined || branches.test(wanted)))
          open.push({ command, url });
      } else if (takesCommit(action, command)) open.pop();
    }
    return open.map(({ command, url }) => observe(shown(url), linesOfCommand(command)));
  });
}

function takesCommit(action: string | undefined, { words }: StepCommand): boolean {
  if (action !== 'checkout' && action !== 'reset' && action !== 'switch') return false;
  const texts = words.map(({ text }) => text);
  const behind = texts.slice(texts.indexOf(action) + 1);
  // A branch of one's own says nothing of where it begins.
  const isNew = behind.some((text) => /^-[bBcC]$|^--(?:create|orphan)$/.test(text));
  const wanted = behind.filter((text) => !text.startsWith('-')).slice(isNew ? 1 : 0);
  return wanted.some((text) => !branches.test(text) && text !== '.');
}

function looseAdds({ needed, dockerfile }: Subject): Observation[] {
  return needed
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword === 'ADD')
    .flatMap((instruction) => {
      const words = jsonList(instruction.arguments) ?? splitWords(instruction.arguments, dockerfile.escape);
      const urls = words.slice(0, -1).filter((word) => isGit(word) && !word.includes('$'));
      return urls
        .filter((url) => !/[?&](?:ref|tag|commit|checksum)=/.test(url) && isLoose(/#([^:]*)/.exec(url)?.[1]))
        .map((url) => observe(shown(url), linesOfInstruction(instruction)));
    });
}

/** `git+https://…` as pip and others take it, without `@` and a commit or tag. */
function looseRequirements({ commands }: Subject): Observation[] {
  return commands.flatMap((command) =>
    command.words.flatMap(({ text, isLiteral }) => {
      const [, url] = /(?:^|@\s*)git\+([a-z]+:\/\/[^\s;]+)/.exec(text) ?? [];
      if (url === undefined || !isLiteral) return [];
      const path = url.replace(/^[a-z]+:\/\/(?:[^/@]*@)?/, '').replace(/#.*$/, '');
      return isLoose(/@([^@]*)$/.exec(path)?.[1]) ? [observe(shown(url), linesOfCommand(command))] : [];
    }),
  );
}

/** R's `install_github("owner/name")` and littler's `installGithub.r owner/name`, without `@` or a ref. */
function looseInstalls({ commands }: Subject): Observation[] {
  return commands.flatMap((command) => {
    if (command.program === 'installGithub.r') {
      const named = command.words.find(({ text }) => /^[\w.-]+\/[\w./-]+$/.test(text));
      return named === undefined ? [] : [observe(`The repository ${named.text}`, linesOfCommand(command))];
    }
    const code = /^(?:R|Rscript|r|littler)$/.test(command.program)
      ? command.words.map(({ text }) => text).join('\n')
      : '';
    const calls = [...code.matchAll(/\binstall_git(?:hub|lab)\s*\(\s*["']([\w./-]+)["']([^)]*)/g)];
    const loose = calls.find(([, , others = '']) => !/\bref\s*=/.test(others));
    return loose === undefined ? [] : [observe(`The repository ${loose[1] ?? ''}`, linesOfCommand(command))];
  });
}

function isLoose(wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || branches.test(wanted);
}

function shown(url: string): string {
  const [plain = ''] = url.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1').split(/[?#]/, 1);
  return plain;
}
