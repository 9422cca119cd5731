import { type RecipeAnswers } from '../../../../src/dockerfile/recipes/recipe.js';
import { type Dependency, parseRequirement } from '../../../../src/project/dependency.js';
import {
  type EntryPoint,
  type ImportedPackage,
  type Project,
  type VersionStatement,
} from '../../../../src/project/project.js';

const folder = '/home/maria/study';

/** A project in which nothing was found but what is given; `files` are those of its listing. */
export function sampleProject(given: Partial<Project> & { files?: readonly string[] } = {}): Project {
  const { files = [], ...rest } = given;
  return {
    folder,
    name: 'study',
    listing: { folder, files: [...files].sort(), isCut: false },
    dependencies: [],
    versions: [],
    entries: [],
    outputs: [],
    data: [],
    notebooks: [],
    imports: [],
    loadedPackages: [],
    repo2docker: undefined,
    subprojects: [],
    misspelt: [],
    problems: [],
    citation: undefined,
    git: { kind: 'none' },
    ...rest,
  };
}

/** A program of Python that is run. */
export const sampleScript: EntryPoint = {
  kind: 'script',
  command: ['python', 'main.py'],
  file: 'main.py',
  port: undefined,
  because: 'it has a main block',
};

/** What a recipe is told when a person has nothing to add. */
export function sampleAnswers(given: Partial<RecipeAnswers> = {}): RecipeAnswers {
  return {
    version: '3.12',
    accelerator: 'cpu',
    command: ['python', 'main.py'],
    output: 'results',
    platforms: ['linux/amd64'],
    snapshot: '20261126',
    port: undefined,
    ...given,
  };
}

/** What requirements such as `numpy==2.1.3`, `jax[cuda12]` or `torch==2.6.0+cu126` ask for. */
export function sampleDependencies(...lines: readonly string[]): Dependency[] {
  return lines.flatMap((line) => parseRequirement(line) ?? []);
}

/** Packages that `main.py` imports under their own names. */
export function sampleImports(...names: readonly string[]): ImportedPackage[] {
  return names.map((name) => ({ name, module: name, file: 'main.py' }));
}

/** What `pyproject.toml` or another file says of a version. */
export function sampleVersion(
  language: VersionStatement['language'],
  wanted: string,
  file = 'pyproject.toml',
): VersionStatement {
  return { language, wanted, exact: /^\d+(\.\d+)+$/.test(wanted) ? wanted : undefined, file, line: 1 };
}
