import { type Project, type Repo2docker } from '../../project/project.js';
import { type Choice } from '../recipes/recipe.js';
import { juliaVersions } from '../recipes/julia-recipe.js';
import { hasRImage, rVersions } from '../recipes/r-images.js';

/** Which of its ways repo2docker would take; the first whose files are there (`buildpacks` in its `app.py`). */
export type Buildpack = 'julia' | 'r' | 'conda' | 'python';

/** @throws never: without any of the files it is Python, as repo2docker does */
export function buildpackOf({ folder, files, texts }: Repo2docker): Buildpack {
  const has = (name: string): boolean => files.includes(name);
  if (has('Project.toml') || has('JuliaProject.toml')) return 'julia';
  const isR = /^\s*r-/.test(texts.get('runtime.txt') ?? '') || (folder === '' && has('DESCRIPTION'));
  // A script that installs R packages means R, though repo2docker itself wants a runtime.txt beside it.
  if (isR || (has('install.R') && !has('environment.yml'))) return 'r';
  return has('environment.yml') ? 'conda' : 'python';
}

/** The path of one of the configuration files. */
export function pathIn({ folder }: Repo2docker, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The packages of `apt.txt`, one a line; `unknown` are lines that are none. */
export function aptPackages({ texts }: Repo2docker): { packages: string[]; unknown: string[] } {
  const lines = (texts.get('apt.txt') ?? '')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  const isPackage = (line: string): boolean => /^[a-z0-9][a-z0-9.+-]+$/.test(line);
  return { packages: lines.filter(isPackage), unknown: lines.filter((line) => !isPackage(line)) };
}

/** The day of CRAN in `r-2023-05-01` or `r-4.2-2023-05-01`, as `20230501`; undefined where none is named. */
export function cranDay({ texts }: Repo2docker): string | undefined {
  const [, year, month, day] =
    /^\s*r-(?:[\d.]+-)?(\d{4})-(\d{2})-(\d{2})\s*$/.exec(texts.get('runtime.txt') ?? '') ?? [];
  return year === undefined || month === undefined || day === undefined ? undefined : `${year}${month}${day}`;
}

/** The last release of a series that repo2docker takes for `r-4.1-…`. */
const rReleases = ['4.5.1', '4.4.2', '4.3.3', '4.2.3', '4.1.3', '4.0.5'];
const defaultR = '4.4.2';
const pythons = ['3.10', '3.13', '3.12', '3.11', '3.9', '3.8', '3.7'];

/** The versions of the language that its way builds with, best first. */
export function buildpackVersions(project: Project, files: Repo2docker): readonly Choice<string>[] {
  switch (buildpackOf(files)) {
    case 'julia':
      return juliaVersions(project);
    case 'r':
      return rChoices(project, files);
    case 'conda':
    case 'python':
      return pythonChoices(files);
  }
}

function rChoices(project: Project, files: Repo2docker): readonly Choice<string>[] {
  const [, wanted] = /^\s*r-(\d+\.\d+(?:\.\d+)?)-\d{4}/.exec(files.texts.get('runtime.txt') ?? '') ?? [];
  const named =
    wanted === undefined ? undefined : (rReleases.find((release) => release.startsWith(`${wanted}.`)) ?? wanted);
  const because = named !== undefined && hasRImage(named) ? `${pathIn(files, 'runtime.txt')} names it` : undefined;
  const first = because === undefined ? defaultR : (named ?? defaultR);
  const rest = rVersions(project).filter(({ value }) => value !== first);
  return [{ value: first, label: `R ${first}`, because: because ?? 'repo2docker takes it, too' }, ...rest];
}

function pythonChoices(files: Repo2docker): readonly Choice<string>[] {
  const { texts } = files;
  const [, inRuntime] = /^\s*python-(3\.\d+)/.exec(texts.get('runtime.txt') ?? '') ?? [];
  const [, inEnvironment] = pythonLine.exec(texts.get('environment.yml') ?? '') ?? [];
  const named =
    inEnvironment === undefined
      ? { version: inRuntime, file: 'runtime.txt' }
      : { version: inEnvironment, file: 'environment.yml' };
  const [standard = ''] = pythons;
  const first = named.version !== undefined && pythons.includes(named.version) ? named.version : standard;
  const because = named.version === first ? `${pathIn(files, named.file)} names it` : 'repo2docker takes it, too';
  return [
    { value: first, label: `Python ${first}`, because },
    ...pythons
      .filter((version) => version !== first)
      .map((version) => ({ value: version, label: `Python ${version}`, because: undefined })),
  ];
}

/** The line of an `environment.yml` that asks for Python; its version, where it names one. */
const pythonLine = /^\s*-\s*["']?python(?:\s*=*\s*(3\.\d+)[\d.*]*)?\s*(?:[<>!=,\s].*)?["']?\s*$/m;
