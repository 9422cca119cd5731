import { posix } from 'node:path';
import { type Instruction } from '../dockerfile/instructions.js';
import { condaInstalls } from '../dockerfile/rules/conda-installs.js';
import { pipInstalls } from '../dockerfile/rules/pip-installs.js';
import { systemPackagesOf } from '../dockerfile/rules/system-packages.js';
import { type Stage } from '../dockerfile/stages.js';
import { type StepCommand, stepCommands } from '../dockerfile/step-commands.js';
import { type Dependency, parseRequirement } from '../project/dependency.js';

/** What RUN instructions install. */
export interface InstalledBySteps {
  /** By name. */
  dependencies: Dependency[];
  /** Something that is installed from where it cannot be read: what it is. */
  unread: string | undefined;
}

/** What tools install that read a file of their own, by the words behind the program. */
const ofFile: readonly { program: RegExp; action: RegExp; file: string }[] = [
  { program: /^uv$/, action: /^sync$/, file: 'uv.lock' },
  { program: /^poetry$/, action: /^(?:install|sync)$/, file: 'poetry.lock' },
  { program: /^pdm$/, action: /^(?:sync|install)$/, file: 'pdm.lock' },
  { program: /^pipenv$/, action: /^(?:sync|install)$/, file: 'Pipfile.lock' },
  { program: /^pixi$/, action: /^install$/, file: 'pixi.lock' },
];

/** Packages of a system that have something for a GPU in their name. */
const forGpu = /cuda|nvidia|cudnn|rocm/i;

/**
 * Reads what the RUN instructions install; those of an image's history, too, which have the shell in front and no quotes
 * around its script.
 *
 * @param files names of the files that are read elsewhere
 */
export function installedBySteps(instructions: readonly Instruction[], files: readonly string[]): InstalledBySteps {
  const commands = commandsOf(instructions);
  const pips = pipInstalls(commands);
  const condas = condaInstalls(commands);
  const dependencies = [
    ...pips.flatMap(({ named, indexes }) => {
      const wheels = indexes.flatMap((index) => /\/whl\/(cu\d+|cpu|rocm[\d.]+)\b/.exec(index)?.[1] ?? [])[0];
      return named.flatMap(({ text }) => parseRequirement(text, wheels) ?? []);
    }),
    ...[...condas.flatMap(({ named }) => named), ...commands.flatMap(added)].flatMap(
      ({ text }) => parseRequirement(text) ?? [],
    ),
  ];
  const from = [
    ...pips.flatMap((pip) => [...pip.files, ...(pip.installsProject ? ['pyproject.toml'] : [])]),
    ...condas.flatMap((conda) => conda.files),
    ...commands.flatMap(({ program, words }) => {
      const action = words.find(({ text }) => !text.startsWith('-'))?.text ?? '';
      return ofFile.find((each) => each.program.test(program) && each.action.test(action))?.file ?? [];
    }),
  ].map((file) => posix.basename(file));
  const ofSystem = commands
    .filter((command) => systemPackagesOf(command)?.does === 'install')
    .flatMap(({ words }) => words.map(({ text }) => text).filter((text) => /^\w/.test(text) && forGpu.test(text)));
  return { dependencies, unread: [...from.filter((file) => !files.includes(file)), ...ofSystem][0] };
}

/** What `uv add`, `poetry add` and their kin are told to add, by name. */
function added({ program, words }: StepCommand): readonly { text: string }[] {
  if (!/^(?:uv|poetry|pdm|pixi)$/.test(program)) return [];
  const [action, ...others] = words.filter(({ text }) => !text.startsWith('-'));
  return action?.text === 'add'
    ? others.filter(({ text }) => /^[A-Za-z][\w.-]*(?:\[[^\]]*\])?(?:$|[<>=!~@^])/.test(text))
    : [];
}

/** An image's history has `RUN |1 ARGUMENT=value /bin/sh -c SCRIPT # buildkit`. */
const shellInFront =
  /^(?:\|\d+\s.*?\s)?(?:\/\S*\/)?(?:ba|da|a|z|k)?sh(?:\s+(?:-[a-z]+|-?o|pipefail))*?\s+-[a-z]*c\s+(?=[^\s"'])/s;

function commandsOf(instructions: readonly Instruction[]): StepCommand[] {
  const plain = instructions.map((instruction) => ({
    ...instruction,
    arguments: instruction.keyword === 'RUN' ? instruction.arguments.replace(shellInFront, '') : instruction.arguments,
  }));
  const stage: Stage = {
    ...{ index: 0, name: undefined, from: '', base: { kind: 'unknown' }, isStage: false, platform: undefined },
    ...{ line: 1, baseLine: 1, instructions: plain },
  };
  // Where the commands stand is of no interest here, so that the text is not needed.
  return stepCommands('', { syntax: undefined, escape: '\\', instructions: plain }, stage, undefined);
}
