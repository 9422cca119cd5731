import { type Instruction } from '../instructions.js';
import { type Stage } from '../stages.js';
import { type TextEdit } from '../text-edit.js';
import { type Download } from './downloads.js';
import { baseName } from './pip-installs.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { positionOfWord, type Subject, wordsOfChain, wordsOfInstruction } from './subject.js';

/** An address that is another file next year. */
function isMoving(url: string): boolean {
  const [path = ''] = url.split(/[?#]/, 1);
  return (
    /(?:[/_.-])latest(?:[/_.-]|$)/i.test(path) ||
    /\/(?:archive|zip|tar\.gz|tarball|zipball)\/(?:refs\/heads\/)?(?:main|master|develop|dev|HEAD)(?:[./]|$)/.test(
      path,
    ) ||
    /\/refs\/heads\//.test(path) ||
    /^https?:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?:refs\/heads\/[^/]+|main|master|develop|dev|HEAD)\//.test(
      path,
    ) ||
    /\/(?:blob|raw)\/(?:main|master|develop|dev|HEAD)\//.test(path)
  );
}

/** A file in a commit of git, whose name is its checksum. */
const ofCommit = /\/[0-9a-f]{40}\//;

export const downloadLatest: Rule = {
  id: 'download-latest',
  title: 'What is downloaded has a version in its address',
  why: 'An address with “latest” or a branch gives another file after each release (Nüst et al. 2020, rule 5).',
  weight: 6,
  needsNetwork: false,
  check: (subject) =>
    subject.downloads.flatMap((download): Observation[] => {
      if (!isMoving(download.url) || download.isRun || isKey(download.url)) return [];
      const isMiniconda = /Miniconda3-latest/.test(download.url);
      return [
        {
          severity: 'warning',
          ...linesOf(download),
          message: `${shown(download.url)} is whatever is newest on the day of the build.`,
          remedy: isMiniconda
            ? 'Take a certain installer, as in “Miniconda3-py312_25.1.1-2-Linux-x86_64.sh” (https://repo.anaconda.com/miniconda/), with its checksum.'
            : 'Take the address of a certain release or commit, and check the file with its checksum.',
          fix: undefined,
        },
      ];
    }),
};

export const scriptFromNetwork: Rule = {
  id: 'script-from-network',
  title: 'No script is run straight from the network',
  why:
    'Nobody can say later what such a script was, and one that is cut off runs by half. Docker advises to check what is ' +
    'downloaded (https://docs.docker.com/build/building/best-practices/#add-or-copy).',
  weight: 6,
  needsNetwork: false,
  check: (subject) =>
    subject.downloads.flatMap((download): Observation[] => {
      // With a version or a commit in its address, a script is one file for ever.
      const isFixed = /[/_-]v?\d+\.\d+(?:\.\d+)?\/|\/v?\$\{?\w*(?:VERSION|VER|TAG|COMMIT|SHA|REF)\}?\//i.test(
        download.url,
      );
      if (isFixed || ofCommit.test(download.url) || !download.isRun) return [];
      return [
        {
          severity: 'warning',
          ...linesOf(download),
          message: `The script ${shown(download.url)} is run as it is on the day of the build.`,
          remedy:
            'Copy the program from its own image (COPY --from=…), install it as a package, or download a certain release and check its checksum.',
          fix: undefined,
        },
      ];
    }),
};

/** What a file is compared with a checksum or a signature by. */
const checks =
  /\b(?:sha(?:1|224|256|384|512)sum|shasum|md5sum|b2sum|b3sum|cksum|gpg2?\b[^\n]*--verify|gpgv|openssl\s+dgst|minisign|cosign|signify|rhash|--checksum|--expected-digest|ensure-checksum|sha256)\b/i;

export const downloadWithoutChecksum: Rule = {
  id: 'download-without-checksum',
  title: 'Downloads are compared with their checksum',
  why:
    'A file at an address can be replaced, or come damaged; a checksum tells (ADD --checksum: ' +
    'https://docs.docker.com/reference/dockerfile/#add---checksum).',
  weight: 4,
  needsNetwork: true,
  check: (subject) => {
    const steps = new Map<Instruction, string>();
    for (const { instruction } of subject.downloads) {
      if (!steps.has(instruction)) steps.set(instruction, checkOf(instruction));
    }
    return subject.downloads.flatMap((download): Observation[] => {
      const { url, instruction, isRun } = download;
      if (isRun || isMoving(url) || isKey(url) || ofCommit.test(url) || steps.get(instruction) !== 'none') return [];
      return [
        {
          severity: 'information',
          ...linesOf(download),
          message: `${shown(url)} is not compared with a checksum: nobody notices when it is another file.`,
          remedy:
            'Fetch it with “ADD --checksum=sha256:… ADDRESS FILE”, or add “echo "CHECKSUM  FILE" | sha256sum -c” to the step.',
          fix: undefined,
        },
      ];
    });
  },
};

/** What a step does with what it fetches: it compares it, or hands it to the system's list of keys. */
function checkOf(instruction: Instruction): 'checksum' | 'key' | 'none' {
  const words = wordsOfInstruction(instruction);
  if (checks.test(words)) return 'checksum';
  return /gpg\s[^|&;\n]*--(?:dearmor|import)|apt-key\s+add/i.test(words) ? 'key' : 'none';
}

/** What packages are checked with, which is no part of the image's programs. */
function isKey(url: string): boolean {
  return /\.(?:gpg|asc|key|pub|pem|crt|list|repo)$|keyring/i.test(url);
}

const amd64 = /(?<![a-z0-9])(?:x86[_-]64|amd64|linux[_-]?64|x64)(?![a-z0-9])/i;
const arm64 = /(?<![a-z0-9])(?:aarch64|arm64)(?![a-z0-9])/i;

/** What tells architectures apart in a step. */
const tellsApart =
  /TARGETARCH|TARGETPLATFORM|TARGETVARIANT|uname\s+-[a-z]*[mip]|--print-architecture|\barch\b|rpm\s+--eval|HOSTTYPE/;

export const urlForOneArchitecture: Rule = {
  id: 'url-for-one-architecture',
  title: 'Downloads fit each platform that the image is built for',
  why:
    'A program for another architecture does not run, or only emulated; TARGETARCH says which one is being built ' +
    '(https://docs.docker.com/build/building/multi-platform/).',
  weight: 5,
  needsNetwork: false,
  check: (subject) => {
    const architectures = subject.platforms.map((platform) => platform.split('/')[1] ?? '');
    const open = new Set(subject.needed.filter(forAllPlatforms(subject)));
    const known: KnownFixes = new Map();
    return subject.downloads.flatMap((download): Observation[] => {
      const { url, stage } = download;
      const [path = ''] = url.split(/[?#]/, 1);
      const found = amd64.test(path) ? 'amd64' : arm64.test(path) ? 'arm64' : undefined;
      const others = architectures.filter((architecture) => architecture !== found);
      if (found === undefined || others.length === 0 || (amd64.test(path) && arm64.test(path))) return [];
      if (!open.has(stage)) return [];
      return [
        {
          severity: 'warning',
          ...linesOf(download),
          message: `${shown(url)} is for ${found}, but the image is built for ${others.join(' and ')}, too.`,
          remedy:
            'Put the architecture into the address: “ARG TARGETARCH” in the stage gives amd64 or arm64, “$(uname -m)” x86_64 or aarch64.',
          fix: byMachine(subject, path, download, known),
        },
      ];
    });
  },
};

/** Tells whether a stage is the same for each platform: it has none of its own, tells none apart and is chosen by none. */
function forAllPlatforms(subject: Subject): (stage: Stage) => boolean {
  const chosen = new Set<Stage>();
  const byPlatform = subject.needed
    .filter(({ base, from }) => base.kind === 'unknown' && tellsApart.test(from))
    .map(({ from }) => stageNames(from));
  for (const stage of subject.needed) {
    const { name } = stage;
    if (name === undefined || !byPlatform.some((names) => names.test(name))) continue;
    for (const each of subject.chainOf(stage)) chosen.add(each);
  }
  return (stage) =>
    !chosen.has(stage) &&
    subject.chainOf(stage).every(({ platform }) => platform === undefined) &&
    !tellsApart.test(wordsOfChain([stage]));
}

/** What the names of stages look like that FROM may mean by one with variables. */
function stageNames(from: string): RegExp {
  const literal = from.toLowerCase().split(/\$(?:\{[^}]*\}|\w+)/);
  return new RegExp(`^${literal.map((part) => part.replaceAll(/[^a-z0-9]/g, '\\$&')).join('.*')}$`);
}

/** The installers of conda are called by what `uname -m` says. */
function byMachine(
  subject: Subject,
  url: string,
  { command, instruction }: Download,
  known: KnownFixes,
): Fix | undefined {
  const isConda = /^https?:\/\/(?:repo\.anaconda\.com|repo\.continuum\.io|github\.com\/conda-forge\/miniforge)\//.test(
    url,
  );
  const file = baseName(url);
  const [, front] = /^((?:Miniconda3|Anaconda3|Miniforge3|Mambaforge)-(?:.*-)?Linux-)x86_64\.sh$/.exec(file) ?? [];
  // The checksum would be that of one installer.
  if (command === undefined || !isConda || front === undefined || checkOf(instruction) === 'checksum') return undefined;
  if (!known.has(file)) known.set(file, nameByMachine(subject, file, front.length));
  return known.get(file);
}

/** By the name of the file. */
type KnownFixes = Map<string, Fix | undefined>;

/** Replaces the machine in a file's name wherever that stands; undefined where it is also written in another way. */
function nameByMachine(subject: Subject, file: string, start: number): Fix | undefined {
  const edits: TextEdit[] = [];
  for (const command of subject.commands) {
    for (const word of command.words) {
      const at = word.text.indexOf(file);
      const position = at < 0 ? undefined : positionOfWord(subject, command, word);
      if (position === undefined) continue;
      const character = position.character + at + start;
      edits.push({
        start: { ...position, character },
        end: { ...position, character: character + 'x86_64'.length },
        newText: '$(uname -m)',
      });
    }
  }
  const isEverywhere = edits.length === subject.text.split(file).length - 1;
  return isEverywhere ? { kind: 'edit', title: 'Choose by the machine: $(uname -m)', edits } : undefined;
}

function linesOf({ line, command, instruction }: Download): { line: number; endLine: number } {
  return { line, endLine: command === undefined ? instruction.endLine : line };
}

/** No secret that an address may have is repeated, and no long query. */
function shown(url: string): string {
  const [plain = ''] = url.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1').split(/[?#]/, 1);
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain;
}
