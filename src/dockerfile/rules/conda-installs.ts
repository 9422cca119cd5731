import { type ShellWord } from '../simple-command.js';
import { type StepCommand } from '../step-commands.js';
import { readOptions, valuesOf } from './command-options.js';

/** One command that installs conda's packages. */
interface CondaInstall {
  command: StepCommand;
  /** Packages by name, as they are written; none that has a variable. */
  named: readonly ShellWord[];
  /** Environment files and lists, as they are written. */
  files: readonly string[];
}

const valued = new Set(
  (
    '-n --name -p --prefix -c --channel -f --file --solver -r --root-prefix --repodata-fn --subdir --platform ' +
    '--channel-priority --clone --revision --experimental --category -e --extra-safety-checks --download-threads'
  ).split(' '),
);

/** What conda, mamba and micromamba are told to install. */
export function condaInstalls(commands: readonly StepCommand[]): CondaInstall[] {
  return commands.flatMap((command) => {
    if (!/^(?:conda|mamba|micromamba)$/.test(command.program)) return [];
    const read = readOptions(command.words, valued);
    const [first, second] = read.operands.map(({ text }) => text);
    const isEnvironment = first === 'env' && (second === 'create' || second === 'update');
    if (!isEnvironment && first !== 'install' && first !== 'create') return [];
    const files = valuesOf(read, '-f', '--file').filter((file) => file !== '');
    const named = isEnvironment ? [] : read.operands.slice(1).filter(({ isLiteral }) => isLiteral);
    return [{ command, named, files: isEnvironment && files.length === 0 ? ['environment.yml'] : files }];
  });
}
