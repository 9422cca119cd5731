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

export function dependency(
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
export function wheelsIn(text: string): string | undefined {
  return /\/whl\/(?:nightly\/|test\/)?(cu\d+|cpu|rocm[\d.]+)\b/.exec(text)?.[1];
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

/** `cu126` of `cuda126_py312h1763f6d_309` or `*cuda126*`, `cpu` of `cpu_generic_py312_1`. */
export function condaBuild(build: string): string | undefined {
  const cuda = /cuda_?(\d{3})/.exec(build)?.[1];
  if (cuda !== undefined) return `cu${cuda}`;
  return /^\*?cpu/.test(build) ? 'cpu' : undefined;
}

/** What is installed from where it is not read: a package of a name that no other has. */
export function elsewhere(what: string): Dependency {
  return { name: what, version: undefined, extras: [], wheels: undefined };
}

/** Where a package is that no index has. */
export function placeOf(place: {
  git?: string | undefined;
  path?: string | undefined;
}): Dependency['from'] | undefined {
  if (place.git !== undefined) return 'git';
  return place.path === undefined ? undefined : 'folder';
}
