import { type Instruction } from '../dockerfile/instructions.js';
import { type Dependency, parseRequirement } from '../project/dependency-formats.js';

/** What RUN instructions install. */
export interface InstalledBySteps {
  /** By name. */
  dependencies: Dependency[];
  /** Something that is installed from where it cannot be read: what it is. */
  unread: string | undefined;
}

const installers = /\b(?:pip3?|uv(?: pip)?|conda|mamba|micromamba|poetry)\s+(?:install|add|create)\b([^&|;]*)/g;

/** Installers of whole files, with what they read where it does not stand in their arguments. */
const fromFiles: readonly [command: RegExp, file: string | undefined][] = [
  [/(?:^|\s)(?:-r|--requirement)[ =]?(\S+)/g, undefined],
  [/\b(?:conda|mamba|micromamba)\b[^&|;]*\s(?:-f|--file)[ =]?(\S+)/g, undefined],
  [/\buv sync\b()/g, 'uv.lock'],
  [/\bpoetry install\b()/g, 'poetry.lock'],
  [/\bpdm (?:sync|install)\b()/g, 'pdm.lock'],
  [/\bpipenv (?:sync|install)\b()/g, 'Pipfile.lock'],
  [/\bpixi install\b()/g, 'pixi.lock'],
  [/\bpip3? install\b[^&|;]*\s(?:-e\s+)?["']?\.(?:\[|["'\s]|$)()/g, 'pyproject.toml'],
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
    for (const [command, file] of fromFiles) {
      for (const [, named = ''] of words.matchAll(command)) {
        const name = file ?? named.replace(/^["']|["']$/g, '').replace(/^.*\//, '');
        if (!files.includes(name)) unread ??= name;
      }
    }
    const ofSystem = /\b(?:apt(?:-get)?|dnf|yum|apk)\s[^&|;]*\s(\S*(?:cuda|nvidia|cudnn|rocm)\S*)/i.exec(words)?.[1];
    unread ??= ofSystem;
  }
  return { dependencies, unread };
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
