import { movingTag, nameOf } from './known-bases.js';
import { type Fix, type Rule } from './rule.js';
import { type Subject } from './subject.js';

export const syntaxWithoutVersion: Rule = {
  id: 'syntax-without-version',
  title: 'The syntax of the Dockerfile has a version',
  why:
    'The image that “# syntax=” names reads the Dockerfile. Its version 1 stays compatible while it is mended, so that it ' +
    'needs no digest; without a version, or where things are tried out, a line may mean something else next year ' +
    '(https://docs.docker.com/build/buildkit/frontend/).',
  weight: 2,
  needsNetwork: false,
  check: (subject) => {
    const { syntax } = subject.dockerfile;
    const why = syntax === undefined ? undefined : whyMoving(syntax);
    const index = subject.lines.findIndex((line) => /^#\s*syntax\s*=\s*(\S+)/i.exec(line)?.[1] === syntax);
    if (syntax === undefined || why === undefined || index < 0) return [];
    const isDockers = dockers.test(nameOf(syntax)?.name ?? '');
    return [
      {
        severity: 'information',
        line: index + 1,
        endLine: index + 1,
        message: `The syntax ${syntax} may be another one next year: ${why}.`,
        remedy: isDockers
          ? 'Write “# syntax=docker/dockerfile:1”; for what is only tried out, a certain version, as in “1.7-labs”.'
          : 'Name a version of it, and append its digest (@sha256:…).',
        fix: firstVersion(subject, syntax, index),
      },
    ];
  },
};

/** The images that Docker and BuildKit publish it in. */
const dockers = /^docker\/dockerfile(?:-upstream)?$/;

/** Why the image of a syntax is not certain to mean the same later; undefined where it is. */
function whyMoving(syntax: string): string | undefined {
  const image = nameOf(syntax);
  const moving = movingTag(syntax);
  if (image?.digest !== undefined || moving !== undefined || !dockers.test(image?.name ?? '')) return moving;
  const { tag = '' } = image ?? {};
  return /\d/.test(tag) ? undefined : `“${tag}” names no version`;
}

/** Version 1 in place of no tag or `latest`: until there is a version 2 they are the same. */
function firstVersion({ lines }: Subject, syntax: string, index: number): Fix | undefined {
  const { name, tag = 'latest' } = nameOf(syntax) ?? {};
  if (name !== 'docker/dockerfile' || tag !== 'latest') return undefined;
  const character = (lines[index] ?? '').indexOf(syntax);
  const end = character + syntax.length;
  const untagged = syntax.replace(/:latest$/, '');
  const start = { line: index + 1, character: character + untagged.length };
  return {
    kind: 'edit',
    title: 'Take version 1',
    edits: [{ start, end: { line: index + 1, character: end }, newText: ':1' }],
  };
}
