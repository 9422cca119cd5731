import { type DependencySource } from '../../project/project.js';
import { recipeOf, type Tool } from './locked-by-tool.js';

type PdmSource = Extract<DependencySource, { kind: 'pdm' }>;

/** https://pdm-project.org/latest/reference/cli/#sync */
export const pdm: Tool<PdmSource> = {
  kind: 'pdm',
  title: 'PDM',
  requirement: 'pdm==2.25.9',
  day: '20251015',
  manifest: 'pyproject.toml',
  lockName: 'pdm.lock',
  cache: '/root/.cache/pdm',
  packages: ({ lock }) => (lock === undefined ? 'pdm install --prod --no-self' : 'pdm sync --prod --no-self'),
  project: ({ isPackage }) => (isPackage ? 'pdm install --prod --frozen-lockfile' : undefined),
  withFolders: ({ lock, isPackage }) => ({
    others: undefined,
    all: `pdm ${lock === undefined ? 'install' : 'sync'} --prod${isPackage ? '' : ' --no-self'}`,
  }),
  locking: 'pdm lock',
  // The first one says which Python of this machine is used.
  ignored: ['.pdm-python', '.pdm-build'],
};

/** PDM with its lock file. */
export const pdmRecipe = recipeOf(pdm, ({ dependencies }) => dependencies.find((source) => source.kind === 'pdm'));
