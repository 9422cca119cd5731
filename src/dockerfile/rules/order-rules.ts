import { type StepCommand } from '../step-commands.js';
import { type TextEdit } from '../text-edit.js';
import { type Copy, copiesOf, isWhole } from './copies.js';
import { baseName, type PipInstall } from './pip-installs.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { endOfLine, lineEnd, linesOfInstruction, type Subject } from './subject.js';

export const sourcesBeforeInstall: Rule = {
  id: 'sources-before-install',
  title: 'Dependencies are installed before the sources are copied',
  why:
    'A step is done again when what is copied before it has changed: here, all packages with every change of the code ' +
    '(“order the instructions”, Nüst et al. 2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 9).',
  weight: 2,
  needsNetwork: false,
  check: (subject) => {
    const pips = subject.pipInstalls.filter(({ files }) => !files.some((file) => namesOwnFolders(subject, file)));
    const ofPip = new Set(pips.filter(({ files }) => files.length > 0).map(({ command }) => command));
    return subject.needed.flatMap((stage): Observation[] => {
      const [copy] = copiesOf(subject, stage).filter(isWhole);
      if (copy === undefined) return [];
      const inChain = subject
        .chainOf(stage)
        .flatMap(({ instructions }) => instructions.flatMap(subject.commandsOf))
        .filter((command) => ofPip.has(command) || installsFromFile(command));
      const isLater = ({ instruction }: StepCommand): boolean => instruction.startLine > copy.instruction.startLine;
      const later = inChain.find(isLater);
      if (later === undefined || inChain.some((command) => !isLater(command))) return [];
      const pip = pips.filter(({ command }) => command.instruction === later.instruction);
      return [
        {
          severity: 'information',
          ...linesOfInstruction(copy.instruction),
          message: `All sources are copied before line ${later.instruction.startLine} installs packages: each change of the code installs them again.`,
          remedy: 'Copy only the files that name the packages, install them, and copy the rest behind that.',
          fix: moved(subject, copy, pip, later),
        },
      ];
    });
  },
};

/** Commands that install what a file of the project names, and do without the rest of it. */
function installsFromFile({ program, words }: StepCommand): boolean {
  const texts = words.map(({ text }) => text);
  const [first, second] = texts.filter((text) => !text.startsWith('-'));
  switch (program) {
    case 'uv':
    case 'pdm':
      return first === 'sync';
    case 'poetry':
      return first === 'install';
    case 'pipenv':
      return first === 'sync' || (first === 'install' && second === undefined);
    case 'conda':
    case 'mamba':
    case 'micromamba':
      return (
        first === 'env' ||
        ((first === 'install' || first === 'create') && texts.some((text) => /^(?:-f|--file\b)/.test(text)))
      );
    case 'npm':
      return first === 'ci';
    case 'R':
    case 'Rscript':
      return texts.some((text) => /renv::restore/.test(text));
    case 'julia':
      return texts.some((text) => /Pkg\.instantiate/.test(text));
    default:
      return false;
  }
}

/** Whether a requirements file, as far as it is known, has folders of the project in it: `-e .` */
function namesOwnFolders({ project }: Subject, file: string): boolean {
  return (project?.dependencies ?? []).some(
    (source) =>
      source.kind === 'pip' &&
      source.requirements.some((name) => baseName(name) === baseName(file)) &&
      source.dependencies.some(({ name }) => /^[./-]|\//.test(name)),
  );
}

/**
 * The file with the requirements in front, the sources behind: where one RUN of pip follows COPY at once, and the project
 * knows the requirements: they name nothing of its own folder.
 */
function moved(subject: Subject, copy: Copy, pips: readonly PipInstall[], later: StepCommand): Fix | undefined {
  const { project, lines } = subject;
  const { instruction, sources, destination } = copy;
  const [pip] = pips;
  const [file = ''] = pip?.files ?? [];
  const source = project?.dependencies.find((each) => each.kind === 'pip' && each.requirements.includes(file));
  const isAlone = subject.commandsOf(later.instruction).length === 1;
  const isPlain =
    /^[\w.-]+$/.test(file) && baseName(file) === file && sources.length === 1 && /^\.\/?$/.test(destination);
  if (
    pip === undefined ||
    pip.files.length !== 1 ||
    pip.installsProject ||
    source?.kind !== 'pip' ||
    !isAlone ||
    !isPlain
  )
    return undefined;
  if (source.files.length !== 1) return undefined;
  const all = subject.dockerfile.instructions;
  if (all[all.indexOf(instruction) + 1] !== later.instruction) return undefined;
  const written = lines
    .slice(instruction.startLine - 1, instruction.endLine)
    .join('')
    .replace(/\r?\n$/, '');
  const flags = instruction.flags.map(({ name, value }) => `--${name}${value === true ? '' : `=${value}`} `).join('');
  const edits: TextEdit[] = [
    {
      start: { line: instruction.startLine, character: 0 },
      end: endOfLine(subject, instruction.endLine),
      newText: `COPY ${flags}${file} ./`,
    },
    {
      start: endOfLine(subject, later.instruction.endLine),
      end: endOfLine(subject, later.instruction.endLine),
      newText: lineEnd(subject) + written,
    },
  ];
  return { kind: 'edit', title: `Copy ${file} first, and the rest behind the installation`, edits };
}
