import * as v from 'valibot';
import { parse as parseToml } from 'smol-toml';
import {
  condaBuild,
  dependency,
  type Dependency,
  elsewhere,
  parseRequirement,
  placeOf,
  wheelsIn,
} from './dependency.js';
import { parsePyproject } from './pyproject-dependencies.js';
import { parseSimpleYaml } from './simple-yaml.js';
import { parseYaml } from './yaml.js';

interface Format {
  kind: 'lock' | 'manifest';
  /** Throws an Error for a file that is not of this format. */
  parse(text: string): Dependency[];
}

const formats: readonly [name: RegExp, format: Format][] = [
  [/^(?:(?:uv|poetry|pdm)\.lock|pylock(?:\..+)?\.toml)$/, { kind: 'lock', parse: parsePackages }],
  [/^Pipfile\.lock$/, { kind: 'lock', parse: parsePipfileLock }],
  [/^pixi\.lock$/, { kind: 'lock', parse: parsePixiLock }],
  [/^conda-lock\.ya?ml$/, { kind: 'lock', parse: parseCondaLock }],
  [/^requirements.*\.(?:txt|lock)$/, { kind: 'manifest', parse: parseRequirements }],
  [/^environment\.ya?ml$/, { kind: 'manifest', parse: parseCondaEnvironment }],
  [/^pyproject\.toml$/, { kind: 'manifest', parse: parsePyproject }],
];

/** How a file of that name is read; undefined for one that names no dependencies. */
export function parserFor(name: string): Format | undefined {
  return formats.find(([pattern]) => pattern.test(name))?.[1];
}

function parseRequirements(text: string): Dependency[] {
  const lines = text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
  // One index for all lines, wherever it stands.
  const wheels = wheelsIn(
    lines.filter((line) => /^\s*(?:-i|--(?:extra-)?index-url|-f|--find-links)\b/.test(line)).join(),
  );
  return lines.flatMap((line) => {
    const other = /^\s*(?:-r|--requirement|-e|--editable)[ =]?\s*(\S+)/.exec(line)?.[1];
    if (other !== undefined) return [{ ...elsewhere(other), ...(other.startsWith('git+') ? { from: 'git' } : {}) }];
    return /^\s*(?:#|-|$)/.test(line) ? [] : (parseRequirement(line, wheels) ?? elsewhere(line.trim()));
  });
}

const packageList = v.array(
  v.object({
    name: v.string(),
    version: v.optional(v.string()),
    // PDM has the address of a repository beside the name.
    git: v.optional(v.string()),
    path: v.optional(v.string()),
    // PEP 751 has a table beside it.
    vcs: v.optional(v.unknown()),
    directory: v.optional(v.unknown()),
    source: v.optional(
      v.union([v.string(), v.looseObject({ registry: v.optional(v.string()), type: v.optional(v.string()) })]),
    ),
  }),
);
/** uv, Poetry and PDM call it one way, PEP 751 the other. */
const packages = v.object({ package: v.optional(packageList, []), packages: v.optional(packageList, []) });

function parsePackages(text: string): Dependency[] {
  const { package: one, packages: other } = v.parse(packages, parseToml(text));
  return [...one, ...other].map(({ name, version, source, git, vcs, path, directory }) => {
    const place = typeof source === 'object' ? source : {};
    const isOfGit = git !== undefined || vcs !== undefined || 'git' in place || place.type === 'git';
    return dependency(name, version, {
      wheels: wheelsIn(place.registry ?? ''),
      from: isOfGit ? 'git' : path !== undefined || directory !== undefined || isFolder(place) ? 'folder' : undefined,
    });
  });
}

/** How uv and Poetry say that a package is one of the project's own files. */
function isFolder(source: { type?: string | undefined }): boolean {
  const isOfPoetry = source.type === 'directory' || source.type === 'file';
  return isOfPoetry || ['editable', 'virtual', 'directory', 'path'].some((key) => key in source);
}

const pipfileLock = v.object({
  default: v.record(
    v.string(),
    v.looseObject({
      version: v.optional(v.string()),
      extras: v.optional(v.array(v.string())),
      git: v.optional(v.string()),
      path: v.optional(v.string()),
    }),
  ),
});

function parsePipfileLock(text: string): Dependency[] {
  const { default: all } = v.parse(v.pipe(v.string(), v.parseJson(), pipfileLock), text);
  return Object.entries(all).map(([name, { version, extras, git, path }]) =>
    dependency(name, version?.replace(/^==/, ''), {
      extras: extras ?? [],
      from: placeOf({ git, path }),
    }),
  );
}

const pixiLock = v.object({
  packages: v.array(
    v.looseObject({
      conda: v.optional(v.string()),
      pypi: v.optional(v.string()),
      // Up to version 5 of the format.
      kind: v.optional(v.string()),
      url: v.optional(v.string()),
      path: v.optional(v.string()),
      name: v.optional(v.string()),
      version: v.optional(v.union([v.string(), v.number()])),
    }),
  ),
});

function parsePixiLock(text: string): Dependency[] {
  const { packages: all } = v.parse(pixiLock, parseSimpleYaml(text) ?? parseYaml(text));
  return all.flatMap(({ conda, pypi, kind, url, path, name, version }) => {
    const isOfPypi = pypi !== undefined || kind === 'pypi';
    const place = pypi ?? conda ?? url ?? path ?? '';
    const from = place.startsWith('git+') ? 'git' : /^\.{0,2}(?:\/|$)/.test(place) ? 'folder' : undefined;
    if ((isOfPypi || from !== undefined) && name !== undefined) {
      return [dependency(name, version === undefined ? undefined : String(version), { wheels: wheelsIn(place), from })];
    }
    const file = isForLinux(place) ? fromCondaFile(place) : undefined;
    return file === undefined ? [] : [file];
  });
}

const condaLock = v.object({
  package: v.array(
    v.object({ name: v.string(), version: v.union([v.string(), v.number()]), url: v.optional(v.string()) }),
  ),
});

/** A list of addresses behind `@EXPLICIT`, as `conda create --file` takes it. */
export function parseExplicitLock(text: string): Dependency[] {
  return text.split(/\r?\n/).flatMap((line) => fromCondaFile(line.replace(/#.*$/, '').trim()) ?? []);
}

function parseCondaLock(text: string): Dependency[] {
  const { package: all } = v.parse(condaLock, parseSimpleYaml(text) ?? parseYaml(text));
  return all
    .filter(({ url = '' }) => isForLinux(url))
    .map(({ name, version, url = '' }) => fromCondaFile(url) ?? dependency(name, String(version), {}));
}

/** No address of a package is longer, in characters. */
const longestUrl = 500;

/** `…/linux-64/pytorch-2.5.1-cuda126_py312h1763f6d_309.conda`: what it is built for stands in the last part. */
function fromCondaFile(url: string): Dependency | undefined {
  if (url.length > longestUrl) return undefined;
  const [, name, version, build = ''] = /([^/]+)-([^-/]+)-([^-/]+)\.(?:conda|tar\.bz2)$/.exec(url) ?? [];
  if (name === undefined) return undefined;
  return dependency(name, version, { wheels: condaBuild(build) });
}

/** Of a lock file for several systems only what a container gets. */
function isForLinux(url: string): boolean {
  return !/\/(?:win|osx)-[\w]+\//.test(url);
}

const condaEnvironment = v.object({
  dependencies: v.array(v.union([v.string(), v.looseObject({ pip: v.optional(v.array(v.string())) })])),
});

function parseCondaEnvironment(text: string): Dependency[] {
  const { dependencies } = v.parse(condaEnvironment, parseYaml(text));
  return dependencies.flatMap((entry) =>
    typeof entry === 'string' ? (parseRequirement(entry) ?? []) : parseRequirements((entry.pip ?? []).join('\n')),
  );
}
