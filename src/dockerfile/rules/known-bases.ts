import { parseReference, type Reference } from '../../image/reference.js';

/** Docker's official images of systems and languages: they run as root, and what they run is a shell or an interpreter. */
const official = new Set(
  (
    'almalinux alpine amazoncorretto amazonlinux archlinux bash buildpack-deps busybox centos debian eclipse-temurin elixir ' +
    'erlang fedora gcc golang haskell julia node openjdk oraclelinux perl php pypy python r-base rockylinux ruby rust swift ' +
    'ubuntu'
  ).split(' '),
);

/** The same by others. */
const plain =
  /^(?:nvidia\/cuda|pytorch\/pytorch|continuumio\/(?:miniconda3?|anaconda3?)|condaforge\/(?:miniforge3|mambaforge)|rocker\/(?:r-ver|cuda)|rstudio\/r-base|r-base|astral-sh\/uv|prefix-dev\/pixi|texlive\/texlive)$/;
/** Images that run as root, and start something of their own. */
const rooted = /^(?:rocker\/[\w-]+|tensorflow\/tensorflow|nvidia\/(?:pytorch|tensorflow|jax))$/;

/** A reference without what stands for the default registry; undefined for what is none. */
export function nameOf(reference: string): (Reference & { name: string }) | undefined {
  const parsed = parseReference(reference);
  if (!parsed.ok) return undefined;
  const { domain, path } = parsed.reference;
  const isDefault = domain === undefined || domain === 'docker.io' || domain === 'index.docker.io';
  return { ...parsed.reference, name: isDefault ? path.replace(/^library\//, '') : path };
}

/** Whether an image is known to run as root unless it is told otherwise. */
export function runsAsRoot(reference: string): boolean {
  const image = nameOf(reference);
  if (image === undefined || /nonroot|rootless/.test(image.tag ?? '')) return false;
  return official.has(image.name) || plain.test(image.name) || rooted.test(image.name);
}

/** Whether what an image runs by itself is only a shell or an interpreter. */
export function startsNothing(reference: string): boolean {
  const image = nameOf(reference);
  return image !== undefined && (official.has(image.name) || plain.test(image.name));
}

/** Official images of languages: a tag of theirs without a digit, such as `slim`, has the newest version. */
const languages = new Set(
  (
    'amazoncorretto eclipse-temurin elixir erlang gcc golang haskell julia node openjdk perl php pypy python r-base ruby ' +
    'rust swift'
  ).split(' '),
);

const movingWords =
  /(?:^|[-_.])(?:nightly|edge|rolling|unstable|testing|sid|stable|oldstable|devel|dev|main|master|canary|current|lts|head)(?:[-_.]|$)/i;

/** Why the tag of a reference says no version; undefined where it does, or a digest does. */
export function movingTag(reference: string): string | undefined {
  const image = nameOf(reference);
  if (image === undefined || image.digest !== undefined) return undefined;
  const { name, tag } = image;
  if (tag === undefined) return 'it has no tag, which means “latest”';
  if (/(?:^|[-_.])latest(?:[-_.]|$)/i.test(tag)) return `“${tag}” is whatever is newest`;
  if (/\d/.test(tag)) return undefined;
  if (languages.has(name) || movingWords.test(tag) || /[-_/]nightly$/.test(name)) return `“${tag}” names no version`;
  return undefined;
}
