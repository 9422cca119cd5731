import { type Recipe } from '../../../../src/dockerfile/recipes/recipe.js';

/** A recipe that fits every project. */
export function sampleRecipe(given: Partial<Recipe> = {}): Recipe {
  return {
    id: 'sample',
    title: 'Sample',
    summary: 'Installs samples',
    versionOf: 'Python',
    fit: () => ({ degree: 'made', because: 'sample.lock pins 3 packages' }),
    versions: () => [
      { value: '3.12', label: 'Python 3.12', because: 'requires-python' },
      { value: '3.11', label: 'Python 3.11', because: undefined },
    ],
    accelerators: () => [
      { value: 'cpu', label: 'CPU', because: undefined },
      { value: 'cuda', label: 'CUDA', because: undefined },
    ],
    write: (_project, { version }) => ({ dockerfile: `FROM python:${version}-slim\n`, ignored: [], hints: [] }),
    ...given,
  };
}
