import { cmakeSources } from './cmake-sources.js';
import { juliaSources } from './julia-sources.js';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { pythonSources } from './python-sources.js';
import { rSources } from './r-sources.js';

/**
 * The ways in which a project says what it depends on: those with a lock first, then those whose lists pin versions.
 * repo2docker's folder counts for the languages of which the project's own folder says nothing.
 *
 * @param binder repo2docker's folder: `binder` or `.binder`
 */
export function dependencySources(files: ProjectFiles, binder: string | undefined): DependencySource[] {
  const found = [pythonSources, rSources, juliaSources].flatMap((sources) => {
    const own = sources(files, '');
    return own.length > 0 || binder === undefined ? own : sources(files, `${binder}/`);
  });
  const all = [...found, ...cmakeSources(files)];
  return [0, 1, 2].flatMap((rank) => all.filter((source) => rankOf(source) === rank));
}

function rankOf(source: DependencySource): number {
  switch (source.kind) {
    case 'pip':
      return source.pins === 'none' ? 2 : 1;
    case 'conda':
      return source.explicit === undefined && source.lock === undefined ? 2 : 0;
    case 'renv':
      return 0;
    case 'uv':
    case 'poetry':
    case 'pdm':
    case 'pipenv':
    case 'pixi':
    case 'julia':
      return source.lock === undefined ? 2 : 0;
    case 'setuptools':
    case 'r':
    case 'cmake':
      return 2;
  }
}
