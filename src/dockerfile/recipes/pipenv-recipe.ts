import { type DependencySource } from '../../project/project.js';
import { recipeOf, type Tool } from './locked-by-tool.js';

type PipenvSource = Extract<DependencySource, { kind: 'pipenv' }>;

/** https://pipenv.pypa.io/en/latest/commands.html#sync */
export const pipenv: Tool<PipenvSource> = {
  kind: 'pipenv',
  title: 'Pipenv',
  requirement: 'pipenv==2025.0.4',
  manifest: 'Pipfile',
  lockName: 'Pipfile.lock',
  cache: '/root/.cache/pipenv',
  packages: ({ lock }) => (lock === undefined ? 'pipenv install' : 'pipenv sync'),
  project: () => undefined,
  locking: 'pipenv lock',
};

/** Pipenv with its lock file. */
export const pipenvRecipe = recipeOf(pipenv, ({ dependencies }) =>
  dependencies.find((source) => source.kind === 'pipenv'),
);
