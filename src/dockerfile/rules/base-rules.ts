import { sourcesWithLines } from '../base-images.js';
import { movingTag, nameOf } from './known-bases.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { type Subject } from './subject.js';
import { declarationsOf, globalInstructions, isPredefined } from '../variables.js';

interface Base {
  reference: string;
  line: number;
  /** FROM as it is written, where it has variables. */
  variable: string | undefined;
}

/** The images of the needed stages, each line and reference once. */
function basesOf({ needed, stages }: Subject): Base[] {
  const found = needed.flatMap((stage) =>
    sourcesWithLines(stage, stages).flatMap(({ source, line }): Base[] => {
      if (source.kind !== 'image') return [];
      const isFrom = line === stage.line;
      return [
        { reference: source.reference, line, variable: isFrom && stage.from.includes('$') ? stage.from : undefined },
      ];
    }),
  );
  return [...new Map(found.map((base) => [`${base.line} ${base.reference}`, base])).values()];
}

function hasDigest({ reference }: Base): boolean {
  return nameOf(reference)?.digest !== undefined;
}

function pin({ reference, line, variable }: Base): Fix | undefined {
  if (variable !== undefined) return undefined;
  return { kind: 'pin', title: `Append the digest of ${reference}`, reference, line };
}

function observe(base: Base, observation: Omit<Observation, 'line' | 'endLine' | 'fix'>): Observation {
  return { ...observation, line: base.line, endLine: base.line, fix: pin(base) };
}

export const baseWithoutVersion: Rule = {
  id: 'base-without-version',
  title: 'Base images are named with a version',
  why:
    'Without one, each build begins with what is newest that day, and breaks with its next major version: “specify ' +
    'software versions” (Nüst et al. 2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 5).',
  weight: 12,
  needsNetwork: false,
  check: (subject) =>
    basesOf(subject).flatMap((base) => {
      const why = movingTag(base.reference);
      if (why === undefined) return [];
      return [
        observe(base, {
          severity: 'warning',
          message: `The base image ${base.reference} is another one next year: ${why}.`,
          remedy: 'Name the version that you work with, as in “python:3.12-slim”, and append its digest (@sha256:…).',
        }),
      ];
    }),
};

export const baseWithoutDigest: Rule = {
  id: 'base-without-digest',
  title: 'Base images are pinned by their digest',
  why:
    'A tag is moved: the same name is another image after the next security update. A digest names one image for ever ' +
    '(https://docs.docker.com/build/building/best-practices/#pin-base-image-versions).',
  weight: 6,
  needsNetwork: true,
  check: (subject) =>
    basesOf(subject).flatMap((base) => {
      if (hasDigest(base) || movingTag(base.reference) !== undefined || base.variable !== undefined) return [];
      return [
        observe(base, {
          severity: 'information',
          message: `The base image ${base.reference} has no digest: its tag may name another image later.`,
          remedy: `Append the digest: ${base.reference}@sha256:…`,
        }),
      ];
    }),
};

export const baseFromArgument: Rule = {
  id: 'base-from-argument',
  title: 'A base image that a build argument chooses is pinned by default',
  why:
    'What a build argument chooses is not in the file: the default has to be an image that stays the same (Nüst et al. ' +
    '2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 5).',
  weight: 6,
  needsNetwork: true,
  check: (subject) => [
    ...basesOf(subject).flatMap((base) => {
      if (base.variable === undefined || hasDigest(base) || movingTag(base.reference) !== undefined) return [];
      return [
        observe(base, {
          severity: 'information',
          message: `A build argument chooses the base image: ${base.variable} is ${base.reference} by default, without a digest.`,
          remedy: `Write ${base.reference}@sha256:… into FROM, or make it the default of an argument that has the whole reference.`,
        }),
      ];
    }),
    ...withoutDefault(subject),
  ],
};

/** What FROM names by an argument that has no value unless somebody gives one. */
function withoutDefault({ needed, dockerfile }: Subject): Observation[] {
  const declared = globalInstructions(dockerfile).flatMap((instruction) =>
    declarationsOf(instruction, dockerfile.escape),
  );
  const open = new Set(declared.map(({ name }) => name).filter((name) => !isPredefined(name)));
  for (const { name, value } of declared) if (value !== undefined) open.delete(name);
  return needed.flatMap(({ base, from, line }): Observation[] => {
    const [, name = ''] = /\$\{?(\w+)/.exec(from) ?? [];
    if (base.kind !== 'unknown' || !open.has(name)) return [];
    return [
      {
        severity: 'warning',
        line,
        endLine: line,
        message: `A build argument chooses the base image, and ${name} has no default: which image ${from} is, the file does not say.`,
        remedy: `Give it the value that you work with, as in “ARG ${name}=…” in front of the first FROM.`,
        fix: undefined,
      },
    ];
  });
}
