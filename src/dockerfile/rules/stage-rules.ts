import { normalReference, parseReference, type Reference } from '../../image/reference.js';
import { type Instruction, logicalLine } from '../instructions.js';
import { positionIn } from '../text-edit.js';
import { splitPair, splitWords } from '../words.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { linesOfInstruction, type Subject } from './subject.js';

export const stageUnused: Rule = {
  id: 'stage-unused',
  title: 'Each stage is a part of the image',
  why:
    'A second FROM begins a new image: nothing of the stage before it is in there unless it is copied ' +
    '(https://docs.docker.com/build/building/multi-stage/).',
  weight: 3,
  needsNetwork: false,
  check: ({ stages, needed }) =>
    stages
      // One with a name can be asked for by it.
      .filter((stage) => stage.name === undefined && !needed.includes(stage))
      .map(({ line, from }) => ({
        severity: 'warning',
        line,
        endLine: line,
        message: `Nothing of this stage (FROM ${from}) gets into the image: a later FROM begins anew.`,
        remedy:
          'Name it (FROM … AS build) and copy from it (COPY --from=build …), begin the last stage with it, or leave it out.',
        fix: undefined,
      })),
};

const baseName = 'org.opencontainers.image.base.name';
const baseDigest = 'org.opencontainers.image.base.digest';

export const baseLabelDiffers: Rule = {
  id: 'base-label-differs',
  title: 'The label of the base image says what FROM says',
  why:
    'The label tells later tools what the image was built on ' +
    '(https://github.com/opencontainers/image-spec/blob/main/annotations.md).',
  weight: 4,
  needsNetwork: false,
  check: (subject) => {
    const base = subject.final[0]?.base;
    const from = base?.kind === 'image' ? parsed(base.reference) : undefined;
    if (base?.kind !== 'image' || from === undefined) return [];
    const labels = subject.final
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === 'LABEL')
      .flatMap((instruction) =>
        splitWords(instruction.arguments, subject.dockerfile.escape).map((word) => ({
          instruction,
          word,
          ...splitPair(word),
        })),
      );
    return labels.flatMap(({ instruction, word, name: written, value }): Observation[] => {
      const name = unquoted(written);
      if (value === undefined || value.includes('$')) return [];
      const wanted = name === baseName ? base.reference : name === baseDigest ? from.digest : undefined;
      if (wanted === undefined || agrees(name, unquoted(value), from)) return [];
      return [
        {
          severity: 'warning',
          ...linesOfInstruction(instruction),
          message: `The label ${name} says ${unquoted(value)}, but the image begins with ${base.reference}.`,
          remedy: 'Write what FROM says, or leave the label out: “Build Research Image…” sets it.',
          fix: replaced(subject, instruction, word, value, wanted),
        },
      ];
    });
  },
};

function agrees(name: string, value: string, from: Reference): boolean {
  if (name === baseDigest) return value === from.digest;
  const labelled = parsed(value);
  if (labelled === undefined) return false;
  const same = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;
  return (
    labelled.domain === from.domain &&
    labelled.path === from.path &&
    same(labelled.tag, from.tag) &&
    same(labelled.digest, from.digest)
  );
}

function parsed(reference: string): Reference | undefined {
  const result = parseReference(reference);
  return result.ok ? normalReference(result.reference) : undefined;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

function replaced(
  subject: Subject,
  instruction: Instruction,
  word: string,
  value: string,
  wanted: string,
): Fix | undefined {
  const at = instruction.text.indexOf(word);
  if (at < 0) return undefined;
  const { pieces } = logicalLine(subject.lines, instruction.startLine - 1, subject.dockerfile.escape);
  const start = at + word.length - value.length;
  const last = positionIn(pieces, start + value.length - 1);
  return {
    kind: 'edit',
    title: `Write ${wanted}`,
    edits: [
      {
        start: positionIn(pieces, start),
        end: { line: last.line, character: last.character + 1 },
        newText: `"${wanted}"`,
      },
    ],
  };
}
