import { type DependencySource } from '../../project/project.js';
import { recipeOf, type Tool } from './locked-by-tool.js';

type PipenvSource = Extract<DependencySource, { kind: 'pipenv' }>;

/** https://pipenv.pypa.io/en/latest/commands.html#sync */
export const pipenv: Tool<PipenvSource> = {
  kind: 'pipenv',
  title: 'Pipenv',
  requirement: 'pipenv==2025.0.4',
  day: '20251015',
  manifest: 'Pipfile',
  lockName: 'Pipfile.lock',
  cache: '/root/.cache/pipenv',
  packages: install,
  project: () => undefined,
  withFolders: (source) => ({ others: undefined, all: install(source) }),
  locking: 'pipenv lock',
  ignored: [],
};

function install({ lock }: PipenvSource): string {
  return lock === undefined ? 'pipenv install' : 'pipenv sync';
}

/** Pipenv with its lock file. */
export const pipenvRecipe = recipeOf(pipenv, ({ dependencies }) =>
  dependencies.find((source) => source.kind === 'pipenv'),
);
