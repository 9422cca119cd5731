import { posix } from 'node:path';
import { compareVersions } from '../../cuda/version.js';
import { type DependencySource, type Project } from '../../project/project.js';
import { argument, copyInPlace } from './copy-line.js';
import { languageChoices } from './language-choices.js';
import { dockerfileOf, header, lastPart, sourcePart, user, userPart } from './parts.js';
import { type Choice, type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { workFolderPart } from './work-folder.js';

type JuliaSource = Extract<DependencySource, { kind: 'julia' }>;

/** The last release of each series, best first: the one with long-term support leads. */
const offered = ['1.10.12', '1.12.7', '1.11.9', '1.9.4', '1.8.5', '1.6.7'];

/** Julia with the packages of `Project.toml` and `Manifest.toml` (https://pkgdocs.julialang.org/v1/environments/). */
export const juliaRecipe: Recipe = {
  id: 'julia',
  title: 'Julia',
  summary: 'Julia with the packages of Project.toml, in the versions of Manifest.toml, compiled beforehand.',
  versionOf: 'Julia',
  fit: (project) => {
    const source = sourceOf(project);
    if (source === undefined) return undefined;
    const pins = source.lock !== undefined && source.dependencies.length > 0;
    const because = pins
      ? `${source.lock} pins ${source.dependencies.length} package${source.dependencies.length === 1 ? '' : 's'}`
      : `${source.manifest} says which packages it needs`;
    return { degree: 'made', because };
  },
  versions: juliaVersions,
  accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  write,
};

/** The versions of Julia that a project may be run with. */
export function juliaVersions(project: Project): readonly Choice<string>[] {
  return languageChoices(
    project,
    'julia',
    offered,
    (version) => /^1\.\d+\.\d+$/.test(version) && isSince(version, '1.6.4'),
  );
}

/** The official image of Julia on the Debian that it was released with. @param version such as `1.10.10` */
export function juliaImage(version: string): string {
  return `julia:${version}-${isSince(version, '1.9.2') ? 'bookworm' : 'bullseye'}`;
}

/**
 * The processors that packages are compiled for: without it the caches are those of the machine that builds, and others throw
 * them away. For x86-64 those that Julia's own binaries are made for.
 */
export function juliaProcessors(platforms: readonly string[]): string {
  return platforms.every((platform) => platform === 'linux/amd64')
    ? 'generic;sandybridge,-xsaveopt,clone_all;haswell,-rdrnd,base(1)'
    : 'generic';
}

function write(project: Project, answers: RecipeAnswers): Written {
  const source = sourceOf(project);
  if (source === undefined) throw new Error('there is no Project.toml');
  return {
    dockerfile: dockerfileOf(
      header(project, 'Julia with the packages of Project.toml'),
      [`# Julia ${answers.version} on Debian.`, `FROM ${juliaImage(answers.version)}`].join('\n'),
      workFolderPart,
      packagesPart(project, source, answers),
      userPart(answers),
      sourcePart(hasFolders(source) ? withFoldersPart(source) : isPackage(project) ? compileProject : ''),
      [
        '# What Julia writes at run time goes to the home folder; the packages are read from where they are.',
        `ENV JULIA_DEPOT_PATH=/home/${user}/.julia:/opt/julia:`,
      ].join('\n'),
      lastPart(project, answers),
    ),
    ignored: ['*.jl.cov', '*.jl.*.cov', '*.jl.mem', 'docs/build'],
    hints:
      source.lock === undefined
        ? [
            {
              message: `${source.manifest} allows many versions of its packages. Manifest.toml pins each of them.`,
              command: `julia --project=. -e 'using Pkg; Pkg.instantiate()'`,
            },
          ]
        : [],
  };
}

const compileProject = [
  '# The project is a package itself, and is compiled, too.',
  "RUN julia --project=. -e 'using Pkg; Pkg.precompile()'",
].join('\n');

/** Packages that Manifest.toml has in folders of the project. */
function hasFolders({ dependencies }: JuliaSource): boolean {
  return dependencies.some(({ from }) => from === 'folder');
}

function withFoldersPart({ manifest }: JuliaSource): string {
  return [
    '# The packages, compiled: some are folders of the project, so that its files are needed.',
    runJulia(manifest, 'Pkg.instantiate(); Pkg.precompile()'),
  ].join('\n');
}

function runJulia(manifest: string, steps: string): string {
  return `RUN julia ${argument(`--project=${posix.dirname(manifest)}`)} -e 'using Pkg; ${steps}'`;
}

function packagesPart(project: Project, source: JuliaSource, { platforms }: RecipeAnswers): string {
  const { manifest, lock } = source;
  // A package whose own files are not there yet cannot be compiled; instantiate() does all others by itself.
  const steps = isPackage(project) ? 'Pkg.instantiate()' : 'Pkg.instantiate(); Pkg.precompile()';
  return [
    '# Where packages are kept, and the processors that they are compiled for: otherwise only that of the machine that builds.',
    'ENV JULIA_DEPOT_PATH=/opt/julia: \\',
    `    JULIA_CPU_TARGET="${juliaProcessors(platforms)}"`,
    ...(hasFolders(source)
      ? []
      : [
          '',
          '# The packages, compiled. They are installed again only when one of these files changes.',
          copyInPlace(lock === undefined ? [manifest] : [manifest, lock]),
          runJulia(manifest, steps),
        ]),
  ].join('\n');
}

function isPackage({ listing }: Project): boolean {
  return listing.files.some((file) => /^src\/[A-Z]\w*\.jl$/.test(file));
}

function isSince(version: string, other: string): boolean {
  return (compareVersions(version, other) ?? -1) >= 0;
}

function sourceOf({ dependencies }: Project): JuliaSource | undefined {
  return dependencies.find((source) => source.kind === 'julia');
}
