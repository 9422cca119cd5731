import { posix } from 'node:path';
import { type ShellWord } from '../simple-command.js';
import { type Stage } from '../stages.js';
import { type StepCommand } from '../step-commands.js';
import { hasOption, readOptions, valuesOf } from './command-options.js';

/** One command that installs Python packages from an index. */
export interface PipInstall {
  command: StepCommand;
  /** Packages by name, as they are written, variables behind the name included. */
  named: readonly ShellWord[];
  /** Requirements files, as they are written. */
  files: readonly string[];
  /** Whether the project's own folder is installed. */
  installsProject: boolean;
  /** Whether newer versions replace what is there: `--upgrade`. */
  upgrades: boolean;
  /** Whether constraints or a date say which versions are taken. */
  isConstrained: boolean;
  /** Addresses of indexes. */
  indexes: readonly string[];
}

const valued = new Set(
  (
    '-r -c -e -t -i -f -b -d -p --requirement --requirements --constraint --constraints --editable --target --index-url ' +
    '--extra-index-url --find-links --build --src --root --prefix --python --python-version --platform --implementation ' +
    '--abi --no-binary --only-binary --progress-bar --timeout --retries --trusted-host --cache-dir --upgrade-strategy ' +
    '--config-settings --config-setting --global-option --install-option --proxy --cert --client-cert --exists-action ' +
    '--root-user-action --report --log --resolution --prerelease --exclude-newer --torch-backend --index --default-index ' +
    '--index-strategy --override --overrides --build-constraint --build-constraints --link-mode --keyring-provider ' +
    '--upgrade-package --reinstall-package --no-build-package --no-binary-package --extra --group --uploaded-prior-to ' +
    '--use-feature --no-build-isolation-package --python-preference --python-platform --upgrade-group --refresh-package ' +
    '--no-sources-package --color --directory --project --config-file -C -P --with'
  ).split(' '),
);

/** What is installed with pip, `uv pip`, pipx and `uv tool`. */
export function pipInstalls(commands: readonly StepCommand[]): PipInstall[] {
  const constrained = new Map<Stage, boolean>();
  return commands.flatMap((command) => {
    const words = afterInstall(command);
    if (words === undefined) return [];
    const read = readOptions(words, valued);
    const { operands } = read;
    const { stage, assignments } = command;
    const isStageConstrained = constrained.get(stage) ?? constrainsByVariable(stage);
    constrained.set(stage, isStageConstrained);
    return [
      {
        command,
        named: operands.filter(({ text }) => isPackage(text)),
        files: valuesOf(read, '-r', '--requirement', '--requirements'),
        installsProject: [...operands.map(({ text }) => text), ...valuesOf(read, '-e', '--editable')].some(isProject),
        upgrades: hasOption(read, '-U', '--upgrade'),
        isConstrained:
          isStageConstrained ||
          assignments.some(({ name }) => constraining.test(name)) ||
          hasOption(read, '-c', '--constraint', '--constraints', '--exclude-newer', '--uploaded-prior-to'),
        indexes: valuesOf(
          read,
          '-i',
          '--index-url',
          '--extra-index-url',
          '-f',
          '--find-links',
          '--index',
          '--default-index',
        ),
      },
    ];
  });
}

const constraining = /^(?:PIP_CONSTRAINT|PIP_UPLOADED_PRIOR_TO|UV_CONSTRAINT|UV_EXCLUDE_NEWER)$/;

function constrainsByVariable({ instructions }: Stage): boolean {
  return instructions.some(
    ({ keyword, arguments: words }) =>
      keyword === 'ENV' && words.split(/[\s=]+/).some((word) => constraining.test(word)),
  );
}

/** The words behind `install`; undefined for another command. */
function afterInstall({ program, words }: StepCommand): readonly ShellWord[] | undefined {
  const texts = words.map(({ text }) => text);
  if (/^pip(?:\d(?:\.\d+)?)?$/.test(program)) return behind(words, texts, ['install'], 0);
  if (/^(?:python|pypy)[\d.]*$/.test(program)) {
    const at = texts.findIndex((text) => !/^-[a-ln-zA-Z]+$/.test(text));
    return texts[at] === '-m' && texts[at + 1] === 'pip' ? behind(words, texts, ['install'], at + 2) : undefined;
  }
  if (program === 'pipx') return behind(words, texts, ['install'], 0);
  if (program === 'uv')
    return behind(words, texts, ['pip', 'install'], 0) ?? behind(words, texts, ['tool', 'install'], 0);
  return undefined;
}

/** What follows the words of a subcommand, with the options in front of it. */
function behind(
  words: readonly ShellWord[],
  texts: readonly string[],
  subcommand: readonly string[],
  from: number,
): readonly ShellWord[] | undefined {
  let at = from;
  for (const part of subcommand) {
    while (texts[at]?.startsWith('-') === true) at += valued.has(texts[at] ?? '') ? 2 : 1;
    if (texts[at] !== part) return undefined;
    at++;
  }
  return [...words.slice(from, at).filter(({ text }) => text.startsWith('-')), ...words.slice(at)];
}

/** Neither a path, an archive, an address, nor what is taken from one: `name @ https://…`. */
function isPackage(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*(?:$|[<>=!~;])/.test(text) && !/\.(?:whl|zip|tar\.gz|tgz)$/.test(text);
}

function isProject(text: string): boolean {
  return /^(?:\.|\/)/.test(text.replace(/\[.*$/, '')) && !/\.(?:whl|zip|tar\.gz|tgz|txt)$/.test(text);
}

/** Whether a requirement names just one version: by `==`, and no `*` in it. What a variable has is taken for one. */
export function isPinned(requirement: string): boolean {
  const [version = ''] = requirement.split(';', 1);
  if (/={2,3}\s*v?(?:\$|`)/.test(requirement)) return true;
  return /={2,3}\s*[^\s*,]+$/.test(version.trim()) || /={2,3}\s*[^\s*,]+,/.test(version);
}

/** The name of a requirement, with its extras. */
export function nameIn(requirement: string): string {
  return /^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?/.exec(requirement)?.[0] ?? requirement;
}

/** Files by name, as a Dockerfile may have them elsewhere. */
export function baseName(path: string): string {
  return posix.basename(path);
}
