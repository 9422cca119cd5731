import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asFailure, cancelled, errorCode, Failure } from '../host/failure.js';
import { type Check } from './check.js';
import { some } from './checklist-parts.js';
import { compareTexts, defaultTolerance, type Tolerance } from './compare-texts.js';
import { bytesOfMember, withZip, type ZipMember } from './read-zip.js';

/** What a run left, and what it should have left. */
interface OutputsToCompare {
  /** What the recorded run left: paths relative to the output folder, with `/`. */
  expected: readonly ExpectedOutput[];
  /** The sha256 of what is there now, by the same paths. */
  checksums: ReadonlyMap<string, string>;
  /** Absolute path of the folder that it is in. */
  folder: string;
  /** Absolute path of results.zip; undefined where there is none. */
  results: string | undefined;
  /** The folder in results.zip of the run that left the expected outputs: `run-1`. */
  runFolder: string | undefined;
  signal: AbortSignal;
  tolerance?: Tolerance;
}

interface ExpectedOutput {
  path: string;
  sha256: string;
}

/** How one expected output appears. */
export type OutputState =
  /** Bit for bit. */
  | { kind: 'identical' }
  | { kind: 'within'; largest: number; numbers: number }
  /** In which line, where the texts were compared, and how: a part of a sentence. */
  | { kind: 'differs'; line?: number; what: string }
  | { kind: 'missing' };

export interface OutputComparison {
  /** In the order in which they are expected. */
  outputs: ({ path: string } & OutputState)[];
  /** Paths of what nobody expects, sorted. */
  extra: string[];
  tolerance: Tolerance;
}

/** Larger contents are compared bit for bit only, in bytes. */
const largestText = 8 << 20;

/**
 * Compares the outputs of a run with the recorded ones: by their sha256 and, where it differs and both are texts (UTF-8 without a
 * NUL, up to 8 MiB), by their numbers. The recorded content counts only where it has the recorded sha256. Rejects only `cancelled`.
 */
export async function compareOutputs(request: OutputsToCompare): Promise<OutputComparison> {
  const { expected, checksums, results, runFolder, signal } = request;
  const tolerance = request.tolerance ?? defaultTolerance;
  const states = new Map<string, OutputState>();
  const changed: (ExpectedOutput & { found: string })[] = [];
  for (const { path, sha256 } of expected) {
    const found = checksums.get(path);
    if (found === undefined) states.set(path, { kind: 'missing' });
    else if (found === sha256) states.set(path, { kind: 'identical' });
    else changed.push({ path, sha256, found });
  }
  const compareChanged = async (members: ReadonlyMap<string, ZipMember>): Promise<void> => {
    for (const output of changed) {
      if (signal.aborted) throw cancelled('Comparing the outputs');
      const member = members.get(`${runFolder ?? ''}/outputs/${output.path}`);
      states.set(output.path, await compareContents(output, member, request.folder, tolerance));
    }
  };
  try {
    if (changed.length === 0 || results === undefined || runFolder === undefined) await compareChanged(new Map());
    else await withZip(results, signal, compareChanged);
  } catch (error) {
    const failure = asFailure(error, 'Reading results.zip');
    if (signal.aborted) throw cancelled('Comparing the outputs');
    for (const { path } of changed) states.set(path, states.get(path) ?? onlyBits(sentencePart(failure)));
  }
  const paths = new Set(expected.map(({ path }) => path));
  return {
    outputs: expected.map(({ path }) => ({ path, ...(states.get(path) ?? { kind: 'missing' }) })),
    extra: [...checksums.keys()].filter((path) => !paths.has(path)).sort(),
    tolerance,
  };
}

async function compareContents(
  { path, sha256, found }: ExpectedOutput & { found: string },
  member: ZipMember | undefined,
  folder: string,
  tolerance: Tolerance,
): Promise<OutputState> {
  if (member?.kind !== 'file') return onlyBits('results.zip does not have the recorded one');
  let recorded: Buffer;
  try {
    if (member.size > largestText) return onlyBits('it is too large to be compared by its numbers');
    recorded = await bytesOfMember(member, largestText);
  } catch (error) {
    if (error instanceof Failure && error.reason === 'archive-damaged') return onlyBits(sentencePart(error));
    throw error;
  }
  if (hashOf(recorded) !== sha256) return onlyBits('results.zip has another than was recorded');
  let now: Buffer;
  try {
    const file = join(folder, ...path.split('/'));
    const stats = await lstat(file);
    if (!stats.isFile()) return onlyBits('it is no file');
    if (stats.size > largestText) return onlyBits('it is too large to be compared by its numbers');
    now = await readFile(file);
  } catch (error) {
    return onlyBits(`it cannot be read (${errorCode(error) ?? String(error)})`);
  }
  if (hashOf(now) !== found) return onlyBits('it has changed meanwhile');
  if (!isText(recorded) || !isText(now)) return onlyBits('it is no text');
  const compared = compareTexts(recorded.toString('utf8'), now.toString('utf8'), tolerance);
  return compared.kind === 'same' ? { kind: 'identical' } : compared;
}

/** The check of a comparison: failed where an expected output is missing or differs by more than the tolerance. */
export function outputsCheck({ outputs, extra, tolerance }: OutputComparison): Omit<Check, 'id'> {
  const count = outputs.length;
  const besides = extra.length === 0 ? '' : ` Besides, there is what was not recorded: ${some(extra)}.`;
  if (count === 0) return { state: 'unknown', message: `No output was recorded to compare with.${besides}` };
  const bad = outputs.filter(({ kind }) => kind === 'missing' || kind === 'differs');
  const [first] = bad;
  if (first !== undefined) {
    const which = bad.length === 1 ? 'is not that' : 'are not those';
    const all = count === 1 ? 'The output is not that' : `${bad.length} of ${count} outputs ${which}`;
    return {
      state: 'failed',
      message: `${all} of the recorded run: ${first.path} ${differenceText(first)}.${besides}`,
      remedy: 'Set the seeds of random numbers, and leave times out of outputs, or say in the README what may differ.',
    };
  }
  const within = outputs.flatMap((output) => (output.kind === 'within' ? output.largest : []));
  if (within.length === 0) {
    const all = count === 1 ? 'The output is that' : `All ${count} outputs are those`;
    return { state: 'passed', message: `${all} of the recorded run, bit for bit.${besides}` };
  }
  const largest = Math.max(...within);
  const how =
    largest === 0
      ? 'with the same numbers in another form'
      : `with numbers that differ by at most ${roundedUp(largest, tolerance)} (of ${tolerance.relative.toExponential()} allowed)`;
  const all = count === 1 ? 'The output is that' : `${count} outputs are those`;
  const parts = count === 1 ? how : `${count - within.length} bit for bit, ${within.length} ${how}`;
  return { state: 'passed', message: `${all} of the recorded run${count === 1 ? ',' : ':'} ${parts}.${besides}` };
}

function differenceText(output: OutputState): string {
  if (output.kind !== 'differs') return 'is not there';
  return output.line === undefined
    ? `differs, and could be compared bit for bit only: ${output.what}`
    : `differs in line ${output.line}: ${output.what}`;
}

/** To one digit, and no more than what is allowed. */
function roundedUp(difference: number, { relative }: Tolerance): string {
  const unit = 10 ** Math.floor(Math.log10(difference));
  const rounded = Math.ceil(Number((difference / unit).toPrecision(12))) * unit;
  return rounded < relative ? rounded.toExponential(0) : relative.toExponential();
}

function onlyBits(what: string): OutputState {
  return { kind: 'differs', what };
}

function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A failure's message as a part of another sentence. */
function sentencePart({ message }: Failure): string {
  return message.replace(/\.$/, '');
}
