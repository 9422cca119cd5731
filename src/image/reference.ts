/**
 * Image references as the distribution project defines them
 * (https://pkg.go.dev/github.com/distribution/reference): `[domain/]path[:tag][@digest]`.
 */
export interface Reference {
  /** Registry host with optional port, or undefined for the default registry. */
  domain: string | undefined;
  /** Repository path without the domain, such as `library/python` or `python`. */
  path: string;
  tag: string | undefined;
  digest: string | undefined;
}

const pathComponent = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const domainPattern =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const defaultDomain = 'docker.io';
const maximalNameLength = 255;

export type ParsedReference = { ok: true; reference: Reference } | { ok: false; problem: string };

/** Parses a reference; the problem names what is wrong in words for the person who typed it. */
export function parseReference(text: string): ParsedReference {
  const problem = (message: string): ParsedReference => ({ ok: false, problem: message });
  if (text === '') return problem('A reference cannot be empty.');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  if (digest !== undefined && !digestPattern.test(digest)) return problem(`“${digest}” is not a digest.`);

  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const name = hasTag ? named.slice(0, colon) : named;
  if (tag !== undefined && !tagPattern.test(tag)) {
    return problem(
      `The tag “${tag}” may have letters, digits, “_”, “.” and “-”, at most 128, and no “.” or “-” in front.`,
    );
  }
  if (name.length > maximalNameLength) return problem(`A name has at most ${maximalNameLength} characters.`);

  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const domain = isDomain ? first : undefined;
  const path = isDomain ? name.slice(slash + 1) : name;
  if (domain !== undefined && !domainPattern.test(domain)) return problem(`“${domain}” is not a registry's host.`);
  for (const component of path.split('/')) {
    if (component === '') return problem('A name needs text between its slashes.');
    if (component !== component.toLowerCase()) return problem(`“${component}” must be lower case.`);
    if (!pathComponent.test(component)) {
      return problem(`“${component}” may have lower-case letters and digits, joined by “.”, “_”, “__” or “-”.`);
    }
  }
  return { ok: true, reference: { domain, path, tag, digest } };
}

/** The reference with the tag `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference;
}

/** The reference with the default registry and its `library/` written out, and with a tag. */
export function normalReference(reference: Reference): Reference {
  const { domain = defaultDomain, path } = withDefaultTag(reference);
  const isDefault = domain === defaultDomain || domain === 'index.docker.io';
  return {
    ...withDefaultTag(reference),
    domain: isDefault ? defaultDomain : domain,
    path: isDefault && !path.includes('/') ? `library/${path}` : path,
  };
}

/** Writes a reference as a person does, with neither default registry nor `library/` added. */
export function formatReference(reference: Reference): string {
  const domain = reference.domain === undefined ? '' : `${reference.domain}/`;
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${domain}${reference.path}${tag}${digest}`;
}

/** Makes a valid path component of any text, such as a folder's name; `image` where nothing of it can be used. */
export function pathComponentFrom(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const joined = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return joined === '' ? 'image' : joined.slice(0, 128).replace(/-+$/, '');
}

/** Makes a valid tag of any text, such as a version; undefined where nothing of it can be used. */
export function tagFrom(text: string): string | undefined {
  const tag = text
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128);
  return tagPattern.test(tag) ? tag : undefined;
}
