import { type ShellWord } from '../simple-command.js';
import { type Stage } from '../stages.js';
import { type StepCommand } from '../step-commands.js';
import { hasOption, readOptions } from './command-options.js';
import { nameOf } from './known-bases.js';
import { imageUnder, type Subject, wordsOfChain } from './subject.js';

/** What a command asks a system's package manager for. */
export interface SystemPackages {
  manager: Manager;
  /** The subcommand. */
  action: ShellWord;
  /** `refresh` fetches lists or metadata and installs nothing by name, or what is not told here. */
  does: 'install' | 'upgrade' | 'refresh' | 'clean' | 'other';
  /** By name, as they are written; neither files and groups, nor what variables have. */
  packages: readonly string[];
  /** Whether nothing that is fetched stays: `apk --no-cache`, `--no-network`. */
  keepsNothing: boolean;
}

export type Manager = 'apt' | 'apk' | 'dnf' | 'zypper';

interface Grammar {
  manager: Manager;
  program: RegExp;
  /** The options that take a value. */
  valued: ReadonlySet<string>;
  install: RegExp;
  upgrade: RegExp;
  refresh: RegExp;
  clean: RegExp;
  /** What an operand is that names no package. */
  noPackage: RegExp;
}

const never = /(?!)/;

const grammars: readonly Grammar[] = [
  {
    manager: 'apt',
    program: /^(?:apt|apt-get|aptitude|apt-fast)$/,
    valued: new Set('-t --target-release --default-release -o --option -c --config-file -S --snapshot -a'.split(' ')),
    install: /^install$/,
    upgrade: /^(?:dist-|full-|safe-)?upgrade$/,
    refresh: /^update$/,
    clean: /^dist-?clean$/,
    noPackage: /[/*]|\.deb$/,
  },
  {
    manager: 'apk',
    program: /^apk$/,
    valued: new Set(
      (
        '-p --root -X --repository -t --virtual --arch --keys-dir --repositories-file --wait --cache-dir ' +
        '--cache-max-age --progress-fd --timeout'
      ).split(' '),
    ),
    install: /^add$/,
    upgrade: /^upgrade$/,
    refresh: /^(?:update|fix)$/,
    clean: never,
    noPackage: /[/*:]|^[.!]|\.apk$/,
  },
  {
    manager: 'dnf',
    program: /^(?:dnf[345]?|dnf-3|yum|microdnf|tdnf)$/,
    valued: new Set(
      (
        '-c --config -d --debuglevel -e --errorlevel -R --randomwait -x --exclude --repo --repoid --enablerepo ' +
        '--disablerepo --enable-repo --disable-repo --repofrompath --installroot --releasever --setopt --forcearch ' +
        '--enableplugin --disableplugin --downloaddir --destdir --comment --rpmverbosity'
      ).split(' '),
    ),
    install: /^install$/,
    upgrade: /^(?:update|upgrade|distro-sync|(?:update|upgrade)-minimal)$/,
    refresh: /^(?:makecache|groupinstall|groups?|module|builddep|localinstall|reinstall|swap|downgrade)$/,
    clean: /^clean$/,
    noPackage: /[/*(]|^@|\.rpm$/,
  },
  {
    manager: 'zypper',
    program: /^zypper$/,
    valued: new Set(
      (
        '-c --config -R --root -D --reposd-dir -C --cache-dir --raw-cache-dir --solv-cache-dir --pkg-cache-dir ' +
        '-p --plus-repo --plus-content -r --repo --from -t --type'
      ).split(' '),
    ),
    install: /^(?:install|in)$/,
    upgrade: /^(?:update|up|dist-upgrade|dup|patch)$/,
    refresh: /^(?:refresh|ref|source-install|si)$/,
    clean: /^(?:clean|cc)$/,
    noPackage: /[/*]|\.rpm$/,
  },
];

/** Undefined for a command of another program, or without a subcommand. */
export function systemPackagesOf({ program, words }: StepCommand): SystemPackages | undefined {
  const grammar = grammars.find((each) => each.program.test(program));
  if (grammar === undefined) return undefined;
  const read = readOptions(words, grammar.valued);
  const [action, ...operands] = read.operands;
  if (action === undefined) return undefined;
  const { manager, noPackage } = grammar;
  const kinds = ['install', 'upgrade', 'refresh', 'clean'] as const;
  return {
    manager,
    action,
    does: kinds.find((kind) => grammar[kind].test(action.text)) ?? 'other',
    packages: operands.filter(({ text, isLiteral }) => isLiteral && !noPackage.test(text)).map(({ text }) => text),
    keepsNothing: manager === 'apk' && hasOption(read, '--no-cache', '--no-network'),
  };
}

/** What makes a package manager take packages as they were on a day, or from an archive that is closed. */
const frozen =
  /snapshot\.(?:debian\.org|ubuntu\.com)|apt::snapshot|--snapshot|\bapt(?:-get)?\s[^&|;\n]*\s-S\s|repro(?:ducible)?-sources-list|^(?:COPY|ADD)\s.*\s["']?\/etc\/apt\/|--mount=\S*target=\/etc\/apt\/|vault\.(?:centos|rockylinux|almalinux)\.org|\.org\/vault\/|archives?\.fedoraproject\.org/im;

/**
 * Tells whether a stage takes its packages from an archive that stays as it is. Sources that are replaced by files are
 * taken for one: what they say is not known.
 */
export function frozenArchives(subject: Subject): (stage: Stage) => boolean {
  const known = new Map<Stage, boolean>();
  return (stage) => {
    const found =
      known.get(stage) ?? (isFrozenImage(subject, stage) || frozen.test(wordsOfChain(subject.chainOf(stage))));
    known.set(stage, found);
    return found;
  };
}

/** Each image of Amazon Linux 2023 has an archive of its own (https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades.html). */
function isFrozenImage(subject: Subject, stage: Stage): boolean {
  const { name, tag = '' } = nameOf(imageUnder(subject, stage) ?? '') ?? {};
  if (name === 'debian/snapshot') return true;
  return /^(?:amazonlinux\/)?amazonlinux$/.test(name ?? '') && /^2023(?:[.-]|$)/.test(tag);
}
