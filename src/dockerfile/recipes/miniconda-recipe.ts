import { type PythonEnvironment, writePython } from './python-environment.js';
import { installingOf } from './python-environments.js';
import { type Recipe, type RecipeAnswers } from './recipe.js';
import { allows } from '../../project/language-version.js';
import { type Project } from '../../project/project.js';

/** Releases of Miniconda with the Python in them (https://repo.anaconda.com/miniconda/). */
const releases: ReadonlyMap<string, string> = new Map([
  ['24.9.2-0', '3.12'],
  ['25.3.1-1', '3.13'],
]);

/** Ways to install that do with whatever Python there is. */
const fitting = ['pip', 'plain-python'];

/** Miniconda's Python with packages of PyPI, such as `jax[cuda12]`. */
export const minicondaRecipe: Recipe = {
  id: 'miniconda',
  title: 'Miniconda with pip',
  summary: 'The Python of Miniconda, with the packages installed by pip, for code that was written with it.',
  versionOf: 'Miniconda',
  fit: (project) => {
    const { recipe, sources } = installingOf(project);
    const hasPackages = sources.length > 0 || project.imports.length > 0;
    if (!fitting.includes(recipe.id) || !hasPackages || recipe.fit(project) === undefined) return undefined;
    if (releasesFor(project).length === 0) return undefined;
    return { degree: 'possible', because: 'its packages can be installed into the Python of Miniconda, too' };
  },
  versions: (project) =>
    releasesFor(project).map(([value, python]) => ({
      value,
      label: `Miniconda ${value} with Python ${python}`,
      because: undefined,
    })),
  accelerators: (project) => installingOf(project).recipe.accelerators(project),
  write: (project, answers) => writePython(project, answers, minicondaEnvironment(project, answers)),
};

/** Those with a Python that the project can be run with. */
function releasesFor({ versions }: Project): [release: string, python: string][] {
  const wanted = versions.filter(({ language }) => language === 'python');
  return [...releases].filter(([, python]) => wanted.every((statement) => allows(statement, python)));
}

function minicondaEnvironment(project: Project, answers: RecipeAnswers): PythonEnvironment {
  const python = releases.get(answers.version) ?? '3.12';
  const environment = installingOf(project).environment({ ...answers, version: python });
  return {
    ...environment,
    kind: `Miniconda; ${environment.kind}`,
    begin: [
      `# Miniconda ${answers.version} on Debian, with Python ${python}.`,
      `FROM continuumio/miniconda3:${answers.version}`,
    ].join('\n'),
    hints: [
      ...environment.hints,
      {
        message:
          'Packages of Anaconda’s own channel may need a licence in larger institutions; those of conda-forge and PyPI do not.',
        command: undefined,
      },
    ],
  };
}
