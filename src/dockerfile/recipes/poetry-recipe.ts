import { type DependencySource } from '../../project/project.js';
import { recipeOf, type Tool } from './locked-by-tool.js';

type PoetrySource = Extract<DependencySource, { kind: 'poetry' }>;

/** https://python-poetry.org/docs/cli/#install */
export const poetry: Tool<PoetrySource> = {
  kind: 'poetry',
  title: 'Poetry',
  requirement: 'poetry==2.2.1',
  day: '20251115',
  manifest: 'pyproject.toml',
  lockName: 'poetry.lock',
  cache: '/root/.cache/pypoetry',
  packages: () => 'poetry install --no-interaction --only main --no-root --compile',
  project: ({ isPackage }) => (isPackage ? 'poetry install --no-interaction --only-root' : undefined),
  withFolders: ({ isPackage }) => ({
    others: 'poetry install --no-interaction --only main --no-root --no-directory --compile',
    all: `poetry install --no-interaction --only main --compile${isPackage ? '' : ' --no-root'}`,
  }),
  locking: 'poetry lock',
  ignored: [],
};

/** Poetry with its lock file. */
export const poetryRecipe = recipeOf(poetry, ({ dependencies }) =>
  dependencies.find((source) => source.kind === 'poetry'),
);
