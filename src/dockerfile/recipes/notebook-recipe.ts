import { posix } from 'node:path';
import { type Project } from '../../project/project.js';
import { installingOf } from './python-environments.js';
import { writePython } from './python-environment.js';
import { type Fit, type Recipe, type RecipeAnswers } from './recipe.js';

/** What runs a notebook without a browser, and the kernel that its cells run in. */
const runner = ['papermill==2.6.0', 'ipykernel==6.30.1'];

/** Packages that bring both nbconvert and the kernel. */
const jupyter = ['jupyter', 'jupyterlab', 'notebook'];

/** A notebook that is run from its first cell to its last, into the folder for results. */
export const notebookRecipe: Recipe = {
  id: 'notebook',
  title: 'Jupyter notebook',
  summary: 'Runs a notebook from its first cell to its last; the notebook with its results is an output.',
  versionOf: 'Python',
  fit,
  versions: (project) => installingOf(project).recipe.versions(project),
  accelerators: (project) => installingOf(project).recipe.accelerators(project),
  command: (project, output) => ({
    command: commandFor(project, { command: [], output }, toolFor(project)),
    port: undefined,
  }),
  write: (project, answers) => {
    const environment = installingOf(project).environment(answers);
    const kind = `a notebook that is run without a browser, in ${environment.kind}`;
    const further =
      runnerAmong(environment.has) === undefined && environment.further !== undefined
        ? [environment.further(missing(environment.has), 'papermill runs notebooks, in a kernel of the same Python')]
        : [];
    const command = commandFor(project, answers, toolFor(project));
    return writePython(project, { ...answers, command }, { ...environment, kind }, further);
  },
};

function fit(project: Project): Fit | undefined {
  const notebooks = ofPython(project);
  const [first] = notebooks;
  if (first === undefined) return undefined;
  const isClosed = installingOf(project).recipe.id === 'pixi';
  if (isClosed && runnerAmong(namesIn(project)) === undefined) return undefined;
  const [entry] = project.entries;
  const isMade = entry === undefined || entry.kind === 'notebook';
  const because =
    notebooks.length === 1 ? `${first} is a notebook` : `${first} and ${notebooks.length - 1} more are notebooks`;
  return { degree: isMade ? 'made' : 'possible', because };
}

function ofPython({ notebooks }: Project): string[] {
  return notebooks.flatMap(({ file, language }) => (language === undefined || language === 'python' ? [file] : []));
}

type Runner = 'papermill' | 'nbconvert';

/** What runs notebooks in the image: that of the project, or the one that is installed for it. */
function toolFor(project: Project): Runner {
  return runnerAmong(namesIn(project)) ?? 'papermill';
}

/** The packages that the project depends on. */
function namesIn(project: Project): ReadonlySet<string> {
  const [source] = installingOf(project).sources;
  return new Set((source?.dependencies ?? project.imports).map(({ name }) => name));
}

/** What is installed to run notebooks: nothing that the project brings in a version of its own. */
function missing(has: ReadonlySet<string>): string[] {
  return runner.filter((requirement) => !has.has(requirement.replace(/==.*/, '')));
}

/** What the project brings for it, if it does. */
function runnerAmong(has: ReadonlySet<string>): Runner | undefined {
  const hasKernel = has.has('ipykernel') || jupyter.some((name) => has.has(name));
  if (!hasKernel) return undefined;
  if (has.has('papermill')) return 'papermill';
  return has.has('nbconvert') || jupyter.some((name) => has.has(name)) ? 'nbconvert' : undefined;
}

/**
 * A notebook is run into the folder for results: where nothing is asked for, where the notebook itself would be written over,
 * and where what is asked for is not there. Any other command stays as it is.
 */
function commandFor(
  project: Project,
  { command, output }: Pick<RecipeAnswers, 'command' | 'output'>,
  tool: Runner,
): readonly string[] {
  const notebooks = ofPython(project);
  const isConversion = command.includes('nbconvert');
  const isReplaced = command.length === 0 || (isConversion && (command.includes('--inplace') || tool === 'papermill'));
  const file = notebooks.find((name) => command.includes(name)) ?? notebooks[0];
  if (!isReplaced || file === undefined) return command;
  const folder = posix.dirname(file);
  // The kernel by whose name it was saved may be there on one machine only.
  if (tool === 'papermill') {
    const place = folder === '.' ? [] : ['--cwd', folder];
    return ['papermill', '--kernel', 'python3', ...place, file, posix.join(output, posix.basename(file))];
  }
  return [
    ...['jupyter', 'nbconvert', '--to', 'notebook', '--execute', '--ExecutePreprocessor.kernel_name=python3'],
    ...['--output-dir', output, file],
  ];
}
