import * as v from 'valibot';
import { parse as parseToml } from 'smol-toml';
import { parseYaml } from './yaml.js';

/** A package that a project depends on, as one of its files says. */
export interface Dependency {
  /** Of PyPI and conda as PyPI normalizes it: lower case, with `-`. Of R and Julia as it is written. */
  name: string;
  /** `2.6.0+cu126`; undefined where none is pinned. */
  version: string | undefined;
  /** `cuda12` of `jax[cuda12]`. */
  extras: readonly string[];
  /** What the index of PyTorch's wheels is called, such as `cu126` or `cpu`; undefined for other indexes. */
  wheels: string | undefined;
  /** Where it comes from, if that is no index: git clones a repository, or it is a folder of the project. */
  from?: 'git' | 'folder';
}

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

/**
 * One requirement as PEP 508 writes it, or one of conda's (`pytorch=2.5.1=*cuda12*`). Undefined for what names no package.
 */
export function parseRequirement(text: string, wheels?: string): Dependency | undefined {
  const [, name, extras = '', rest = ''] =
    /^\s*(?:[\w.-]+::)?([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*([^;#]*)/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [, pinned, build = ''] = /^(?:===?|=)\s*([0-9][^\s,=*;]*)(?:=(\S+))?/.exec(rest.trim()) ?? [];
  const version = pinned?.replace(/\.$/, '');
  return dependency(name, version, {
    extras: extras.split(','),
    wheels: wheels ?? wheelsIn(rest) ?? condaBuild(build),
    // A line that begins with `git+` has no name.
    from: /^\s*(?:[^@;#]*@\s*)?git\+/.test(text) ? 'git' : undefined,
  });
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
    vcs: v.optional(v.unknown()),
    source: v.optional(
      v.union([v.string(), v.looseObject({ registry: v.optional(v.string()), type: v.optional(v.string()) })]),
    ),
  }),
);
/** uv, Poetry and PDM call it one way, PEP 751 the other. */
const packages = v.object({ package: v.optional(packageList, []), packages: v.optional(packageList, []) });

function parsePackages(text: string): Dependency[] {
  const { package: one, packages: other } = v.parse(packages, parseToml(text));
  return [...one, ...other].map(({ name, version, source, git, vcs }) => {
    const place = typeof source === 'object' ? source : {};
    const isOfGit = git !== undefined || vcs !== undefined || 'git' in place || place.type === 'git';
    return dependency(name, version, {
      wheels: wheelsIn(place.registry ?? ''),
      from: isOfGit ? 'git' : isFolder(place) ? 'folder' : undefined,
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
    }),
  ),
});

function parsePipfileLock(text: string): Dependency[] {
  const { default: all } = v.parse(v.pipe(v.string(), v.parseJson(), pipfileLock), text);
  return Object.entries(all).map(([name, { version, extras, git }]) =>
    dependency(name, version?.replace(/^==/, ''), {
      extras: extras ?? [],
      from: git === undefined ? undefined : 'git',
    }),
  );
}

const pixiLock = v.object({
  packages: v.array(
    v.looseObject({
      conda: v.optional(v.string()),
      pypi: v.optional(v.string()),
      name: v.optional(v.string()),
      version: v.optional(v.union([v.string(), v.number()])),
    }),
  ),
});

function parsePixiLock(text: string): Dependency[] {
  const { packages: all } = v.parse(pixiLock, parseYaml(text));
  return all.flatMap(({ conda, pypi, name, version }) => {
    const place = pypi ?? conda ?? '';
    const from = place.startsWith('git+') ? 'git' : /^\.{0,2}(?:\/|$)/.test(place) ? 'folder' : undefined;
    if ((pypi !== undefined || from !== undefined) && name !== undefined) {
      return [dependency(name, version === undefined ? undefined : String(version), { wheels: wheelsIn(place), from })];
    }
    const file = conda === undefined || !isForLinux(conda) ? undefined : fromCondaFile(conda);
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
  const { package: all } = v.parse(condaLock, parseYaml(text));
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

/** `cu126` of `cuda126_py312h1763f6d_309` or `*cuda126*`, `cpu` of `cpu_generic_py312_1`. */
function condaBuild(build: string): string | undefined {
  const cuda = /cuda_?(\d{3})/.exec(build)?.[1];
  if (cuda !== undefined) return `cu${cuda}`;
  return /^\*?cpu/.test(build) ? 'cpu' : undefined;
}

/** What is installed from where it is not read: a package of a name that no other has. */
function elsewhere(what: string): Dependency {
  return { name: what, version: undefined, extras: [], wheels: undefined };
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

const poetryVersion = v.union([
  v.string(),
  v.looseObject({
    version: v.optional(v.string()),
    extras: v.optional(v.array(v.string())),
    git: v.optional(v.string()),
  }),
  v.array(v.unknown()),
]);
const pyproject = v.object({
  project: v.optional(
    v.looseObject({
      dependencies: v.optional(v.array(v.string())),
      'optional-dependencies': v.optional(v.record(v.string(), v.array(v.string()))),
      dynamic: v.optional(v.array(v.string()), []),
    }),
  ),
  tool: v.optional(
    v.looseObject({
      poetry: v.optional(v.looseObject({ dependencies: v.optional(v.record(v.string(), poetryVersion)) })),
    }),
  ),
});

function parsePyproject(text: string): Dependency[] {
  const { project, tool } = v.parse(pyproject, parseToml(text));
  const all = [...(project?.dependencies ?? []), ...Object.values(project?.['optional-dependencies'] ?? {}).flat()];
  const ofPoetry = Object.entries(tool?.poetry?.dependencies ?? {}).map(([name, wanted]) => {
    if (typeof wanted === 'string') return dependency(name, pinnedIn(wanted), {});
    return Array.isArray(wanted)
      ? elsewhere(name)
      : dependency(name, pinnedIn(wanted.version ?? ''), {
          extras: wanted.extras ?? [],
          from: wanted.git === undefined ? undefined : 'git',
        });
  });
  const dynamic = project?.dynamic.includes('dependencies') === true ? [elsewhere('its dynamic dependencies')] : [];
  return [...all.map((each) => parseRequirement(each) ?? elsewhere(each)), ...ofPoetry, ...dynamic];
}

/** `2.6.0` of Poetry's `2.6.0`; undefined of ranges. */
function pinnedIn(wanted: string): string | undefined {
  return /^(?:==)?\s*(\d[\w.+]*)$/.exec(wanted.trim())?.[1];
}

function dependency(
  name: string,
  version: string | undefined,
  {
    extras = [],
    wheels,
    from,
  }: { extras?: readonly string[]; wheels?: string | undefined; from?: Dependency['from'] | undefined },
): Dependency {
  return {
    name: name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
    version,
    extras: extras.map((extra) => extra.trim().toLowerCase()).filter((extra) => extra !== ''),
    wheels: wheels ?? /\+(cu\d+|cpu|rocm[\d.]+)/.exec(version ?? '')?.[1],
    ...(from === undefined ? {} : { from }),
  };
}

/** `cu126` of `https://download.pytorch.org/whl/cu126`. */
function wheelsIn(text: string): string | undefined {
  return /\/whl\/(?:nightly\/|test\/)?(cu\d+|cpu|rocm[\d.]+)\b/.exec(text)?.[1];
}
