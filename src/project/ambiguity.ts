import { type DependencySource, type Project } from './project.js';

/** In an environment of conda: what only prepares for another tool's packages. */
const tools = /^(?:python|pip|uv|poetry|pdm|pipenv|conda-lock|setuptools|wheel|cuda-version|nodejs|git)$/;

/**
 * The ways in which a project pins what it depends on, where there is more than one for the same language: which of them
 * is meant only a person can say. An environment of conda counts where it pins all of its packages.
 */
export function lockConflict(project: Pick<Project, 'dependencies'>): readonly DependencySource[] | undefined {
  const python = project.dependencies.filter(isPinnedPython);
  return new Set(python.map(({ kind }) => kind)).size > 1 ? python : undefined;
}

function isPinnedPython(source: DependencySource): boolean {
  switch (source.kind) {
    case 'pip':
      return source.pins !== 'none';
    case 'uv':
    case 'poetry':
    case 'pdm':
    case 'pipenv':
    case 'pixi':
      return source.lock !== undefined;
    case 'conda': {
      if (source.explicit !== undefined || source.lock !== undefined) return true;
      const packages = source.dependencies.filter(({ name }) => !tools.test(name));
      const ofPython = packages.filter(({ name }) => !/^r-|^julia$/.test(name));
      return ofPython.length > 0 && ofPython.every(({ version }) => version !== undefined);
    }
    case 'setuptools':
    case 'renv':
    case 'r':
    case 'julia':
    case 'cmake':
      return false;
  }
}
