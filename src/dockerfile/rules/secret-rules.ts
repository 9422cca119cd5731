import { secretFileName } from '../secret-files.js';
import { looksLikeSecret, replaceSecretValues } from '../secret-like.js';
import { type Instruction } from '../instructions.js';
import { declarationsOf } from '../variables.js';
import { splitPair, splitWords } from '../words.js';
import { copiesOf } from './copies.js';
import { baseName } from './pip-installs.js';
import { type Observation, type Rule, type Severity } from './rule.js';
import { linesOfInstruction, type Subject, wordsOfInstruction } from './subject.js';

const useMount =
  'Give it to the step that needs it: RUN --mount=type=secret,id=NAME,env=NAME …, and leave it out of the file. What was published once has to be replaced.';

export const secretInImage: Rule = {
  id: 'secret-in-image',
  title: 'No secret is in the Dockerfile or the image',
  why:
    'ARG, ENV and the files of each layer stay in the image, and an archived image is there for ever ' +
    '(https://docs.docker.com/build/building/secrets/).',
  weight: 20,
  needsNetwork: false,
  check: (subject) => {
    // What other stages are given does not get into the image, but what is written into the file is there for all.
    const inImage = new Set(subject.final.flatMap(({ instructions }) => instructions));
    const all = subject.stages.flatMap(({ instructions }) => instructions);
    const written = all.flatMap((instruction) =>
      secretsIn(instruction, inImage.has(instruction), subject.dockerfile.escape),
    );
    return [...written, ...secretFiles(subject)];
  },
};

function secretsIn(instruction: Instruction, isInImage: boolean, escape: string): Observation[] {
  const { keyword } = instruction;
  const all = wordsOfInstruction(instruction);
  if (replaceSecretValues(all, '') !== all) {
    return [observe('error', instruction, `This ${keyword} has a secret in it, in plain text.`, useMount)];
  }
  return assignmentsOf(instruction, escape).flatMap(({ name, value }) => {
    const isGiven = value === undefined || /^["']?\$/.test(value);
    if ((isGiven && !isInImage) || (!isGiven && isPath(unquoted(value)))) return [];
    if (!looksLikeSecret(name, isGiven ? undefined : unquoted(value))) return [];
    const what = `${keyword} ${name} looks like a secret, and stays in the image${keyword === 'ARG' ? '’s history' : ''}.`;
    return [observe(isGiven ? 'warning' : 'error', instruction, what, useMount)];
  });
}

function assignmentsOf(instruction: Instruction, escape: string): { name: string; value: string | undefined }[] {
  if (instruction.keyword === 'ARG') return declarationsOf(instruction, escape);
  if (instruction.keyword !== 'ENV') return [];
  const words = splitWords(instruction.arguments, escape);
  const [first = ''] = words;
  // The old `ENV name value` has one name, and all the rest is its value.
  return first.includes('=') ? words.map(splitPair) : [{ name: first, value: words.slice(1).join(' ') }];
}

/** Whether a value says where a secret is: in a file with folders above it, or of a kind that keys are in. */
function isPath(value: string): boolean {
  return /^(?:\/|~\/|\.{1,2}\/)[\w.-]+(?:\/[\w.-]+)+$|^[\w./-]+\.(?:key|pem|crt|asc|gpg|json|txt)$/.test(value);
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, '$2');
}

/** Folders that have passwords and keys by convention. */
const secretFolders: readonly string[] = ['.ssh', '.aws'];

function secretFiles(subject: Subject): Observation[] {
  return subject.final
    .flatMap((stage) => copiesOf(subject, stage))
    .flatMap(({ instruction, sources }) => {
      const found = sources.find(isSecret);
      if (found === undefined) return [];
      const remedy =
        'Mount it into the step that needs it (RUN --mount=type=secret,…), or give it to the container when it runs.';
      return [observe('error', instruction, `${found} usually has secrets in it, and gets into the image.`, remedy)];
    });
}

function isSecret(path: string): boolean {
  return secretFileName(path) !== undefined || secretFolders.includes(baseName(path));
}

function observe(severity: Severity, instruction: Instruction, message: string, remedy: string): Observation {
  return { severity, ...linesOfInstruction(instruction), message, remedy, fix: undefined };
}
