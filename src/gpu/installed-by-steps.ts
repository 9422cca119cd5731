import { type Instruction } from '../dockerfile/instructions.js';
import { type Dependency, parseRequirement } from '../project/dependency.js';

/** What RUN instructions install. */
export interface InstalledBySteps {
  /** By name. */
  dependencies: Dependency[];
  /** Something that is installed from where it cannot be read: what it is. */
  unread: string | undefined;
}

const installers = /\b(?:pip3?|uv(?: pip)?|conda|mamba|micromamba|poetry)\s+(?:install|add|create)\b([^&|;]*)/g;

/** Commands whose arguments name a file that they install from. */
const withFile = [
  /\b(?:pip3?|uv pip)\s+install\b[^&|;]*/g,
  /\b(?:conda|mamba|micromamba)\s+(?:env\s+(?:create|update)|install|create)\b[^&|;]*/g,
];
const fileOption = /\s(?:-[rf]\s*|--(?:requirement|file)[ =])["']?([^\s"'-][^\s"']*)/g;

/** Commands that install from a file of their own. */
const ofFile: readonly [command: RegExp, file: string][] = [
  [/\buv sync\b/, 'uv.lock'],
  [/\bpoetry install\b/, 'poetry.lock'],
  [/\bpdm (?:sync|install)\b/, 'pdm.lock'],
  [/\bpipenv (?:sync|install)\b/, 'Pipfile.lock'],
  [/\bpixi install\b/, 'pixi.lock'],
  [/\bpip3? install\b[^&|;]*\s(?:-e\s+)?["']?\.(?:\[|["'\s]|$)/, 'pyproject.toml'],
];

/**
 * Reads what the RUN instructions install.
 *
 * @param files names of the files that are read elsewhere
 */
export function installedBySteps(instructions: readonly Instruction[], files: readonly string[]): InstalledBySteps {
  const dependencies: Dependency[] = [];
  let unread: string | undefined;
  for (const { keyword, arguments: words } of instructions) {
    if (keyword !== 'RUN') continue;
    dependencies.push(...namedIn(words));
    unread ??= filesOf(words).find((file) => !files.includes(file));
    const ofSystem = /\b(?:apt(?:-get)?|dnf|yum|apk)\s[^&|;]*\s(\S*(?:cuda|nvidia|cudnn|rocm)\S*)/i.exec(words)?.[1];
    unread ??= ofSystem;
  }
  return { dependencies, unread };
}

/** Names of the files that a step installs from. */
function filesOf(words: string): string[] {
  const named = withFile
    .flatMap((command) => [...words.matchAll(command)])
    .flatMap(([command]) => [...command.matchAll(fileOption)])
    .map(([, file = '']) => file.replace(/^.*\//, ''));
  return [...named, ...ofFile.filter(([command]) => command.test(words)).map(([, file]) => file)];
}

function namedIn(words: string): Dependency[] {
  const found: Dependency[] = [];
  for (const [, line = ''] of words.matchAll(installers)) {
    const wheels = /\/whl\/(cu\d+|cpu|rocm[\d.]+)\b/.exec(line)?.[1];
    // What follows an option may be its value: a file, an address, a channel.
    const plain = line.replaceAll(/\s(?:-[rcnfip]|--[a-z-]+)(?:[ =]\S+)?/g, (option) =>
      /^\s--(?:no-|upgrade|yes|quiet|system|user|pre|force|break)/.test(option) ? option.replace(/^\s\S+/, '') : ' ',
    );
    for (const word of plain.split(/\s+/)) {
      const bare = word.replace(/^["']|["']$/g, '');
      if (!/^[A-Za-z]/.test(bare) || /[:/\\$]/.test(bare)) continue;
      const dependency = parseRequirement(bare, wheels);
      if (dependency !== undefined) found.push(dependency);
    }
  }
  return found;
}
