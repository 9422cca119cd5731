import { parseReference } from '../image/reference.js';
import { type Dockerfile, type Instruction, linesOf, logicalLine, parseDockerfile } from './instructions.js';
import { type Source, sourcesOf, stages } from './stages.js';
import { applyEdits, positionIn, type TextPosition } from './text-edit.js';

/** An image without a digest that a Dockerfile names literally. */
interface OpenReference {
  /** As it is written. */
  reference: string;
  /** Where a digest is appended. */
  end: TextPosition;
}

/**
 * The images of FROM, COPY --from and RUN --mount=from= that have no digest, in the Dockerfile's order; those of stages
 * that a build does not need, too. Neither stages nor `scratch`, and nothing with variables. Nor the image of `# syntax=`:
 * its version 1 is made to get what is mended, and to mean the same (https://docs.docker.com/build/buildkit/frontend/).
 */
function openReferences(text: string, dockerfile: Dockerfile): OpenReference[] {
  const lines = linesOf(text);
  const all = stages(dockerfile);
  const found: OpenReference[] = [];
  const add = (instruction: Instruction, places: readonly Place[]): void => {
    if (places.length === 0) return;
    const { pieces } = logicalLine(lines, instruction.startLine - 1, dockerfile.escape);
    for (const { reference, index } of places) {
      const last = positionIn(pieces, index + reference.length - 1);
      found.push({ reference, end: { line: last.line, character: last.character + 1 } });
    }
  };
  let index = 0;
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM') {
      add(instruction, placesInFrom(instruction, all[index]?.base));
      index++;
    } else add(instruction, placesInFlags(instruction, sourcesOf(instruction, all)));
  }
  return found;
}

/** The references that `pinReferences` asks a digest for, each once, as they are written. */
export function referencesToPin(text: string): string[] {
  return [...new Set(openReferences(text, parseDockerfile(text)).map(({ reference }) => reference))];
}

/**
 * Appends to each of `referencesToPin` its digest: `python:3.12@sha256:…`, and `python@sha256:…` where there is no tag, for
 * whoever reads `latest` beside a digest takes it for what the tag means today. All else stays byte for byte.
 *
 * @param digestOf the digest, as `sha256:…`, of a reference as it is written; undefined leaves it as it is
 */
export function pinReferences(
  text: string,
  digestOf: (reference: string) => string | undefined,
): { text: string; pinned: { from: string; to: string }[] } {
  const pinned = new Map<string, string>();
  const edits = openReferences(text, parseDockerfile(text)).flatMap(({ reference, end }) => {
    const digest = digestOf(reference);
    if (digest === undefined) return [];
    pinned.set(reference, `${reference}@${digest}`);
    return [{ start: end, end, newText: `@${digest}` }];
  });
  return { text: applyEdits(text, edits), pinned: [...pinned].map(([from, to]) => ({ from, to })) };
}

interface Place {
  reference: string;
  /** In the instruction's text. */
  index: number;
}

function placesInFrom({ text, arguments: rest }: Instruction, base: Source | undefined): Place[] {
  const [word = ''] = rest.split(/\s/, 1);
  if (base === undefined || word.includes('$') || !isOpen(base)) return [];
  const at = word.indexOf(base.reference);
  return at < 0 ? [] : [{ reference: base.reference, index: text.length - rest.length + at }];
}

function placesInFlags({ text, arguments: rest }: Instruction, sources: readonly Source[]): Place[] {
  const wanted = new Set(sources.filter(isOpen).map(({ reference }) => reference));
  if (wanted.size === 0) return [];
  const flags = text.slice(0, text.length - rest.length);
  return [...flags.matchAll(/(?<=--|[,="'])from=["']?([^\s,"']+)/gi)].flatMap(
    ({ 0: flag, 1: reference = '', index }) =>
      wanted.has(reference) ? [{ reference, index: index + flag.length - reference.length }] : [],
  );
}

function isOpen(source: Source): source is Source & { kind: 'image' } {
  if (source.kind !== 'image') return false;
  const parsed = parseReference(source.reference);
  return parsed.ok && parsed.reference.digest === undefined;
}
