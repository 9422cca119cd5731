import { formatPlatform, parsePlatform } from '../image/platform.js';
import { type Dockerfile, type Instruction } from './instructions.js';
import { expandWord, type Variables } from './shell-words.js';
import { splitPair, splitWords } from './words.js';

/** What a build of a Dockerfile is asked for. */
export interface BuildChoices {
  /** Values of ARGs by name. */
  buildArguments?: Readonly<Record<string, string>> | undefined;
  /** Name of the stage to build; the last one where undefined. */
  target?: string | undefined;
  /** As `linux/arm64`; where undefined, what depends on it is not known. */
  platform?: string | undefined;
}

/** An ARG as it is written. */
export interface Declaration {
  name: string;
  value: string | undefined;
}

/** The names and defaults of one ARG instruction, which may have several. */
export function declarationsOf(instruction: Instruction, escape: string): Declaration[] {
  return splitWords(instruction.arguments, escape).map(splitPair);
}

/** The ARGs in front of the first FROM. */
export function globalInstructions(dockerfile: Dockerfile): Instruction[] {
  const first = dockerfile.instructions.findIndex(({ keyword }) => keyword === 'FROM');
  const before = first < 0 ? dockerfile.instructions : dockerfile.instructions.slice(0, first);
  return before.filter(({ keyword }) => keyword === 'ARG');
}

/** What FROM can name: the global ARGs, and what BuildKit sets by itself. */
export function globalVariables(dockerfile: Dockerfile, choices: BuildChoices): Variables {
  const given = new Map(Object.entries(choices.buildArguments ?? {}));
  const variables = new Map<string, string | undefined>();
  for (const [name, value] of automaticVariables(choices)) variables.set(name, given.get(name) ?? value);
  for (const instruction of globalInstructions(dockerfile)) {
    for (const { name, value } of declarationsOf(instruction, dockerfile.escape)) {
      const chosen = given.get(name);
      if (chosen !== undefined) variables.set(name, chosen);
      else if (value !== undefined) variables.set(name, expandWord(value, dockerfile.escape, variables));
    }
  }
  return variables;
}

const platformParts = ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'] as const;
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/** Whether BuildKit or its client gives an ARG its value (https://docs.docker.com/reference/dockerfile/#predefined-args). */
export function isPredefined(name: string): boolean {
  return (
    name === 'SOURCE_DATE_EPOCH' ||
    name === 'TARGETSTAGE' ||
    name.startsWith('BUILDKIT_') ||
    platformParts.some((part) => name === `BUILD${part}` || name === `TARGET${part}`) ||
    proxies.some((proxy) => name === proxy || name === proxy.toLowerCase())
  );
}

/** The platform that builds is the engine's own, and which that is cannot be told from here. */
function automaticVariables({ platform, target: stage }: BuildChoices): [string, string | undefined][] {
  const parsed = platform === undefined ? undefined : parsePlatform(platform);
  // BuildKit takes `linux/arm` for its variant v7.
  const target = parsed?.architecture === 'arm' ? { ...parsed, variant: parsed.variant ?? 'v7' } : parsed;
  const values: Record<(typeof platformParts)[number], string | undefined> = {
    PLATFORM: target === undefined ? undefined : formatPlatform(target),
    OS: target?.os,
    OSVERSION: undefined,
    ARCH: target?.architecture,
    VARIANT: target === undefined ? undefined : (target.variant ?? ''),
  };
  return [
    ['TARGETSTAGE', stage],
    ...platformParts.map((part): [string, undefined] => [`BUILD${part}`, undefined]),
    ...platformParts.map((part): [string, string | undefined] => [`TARGET${part}`, values[part]]),
  ];
}
