import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { bytesOf } from '../engine/saved-image/tar-entries.js';
import { errorCode, Failure } from '../host/failure.js';
import { type FinishedRecord, logFileOf, type OutputFile, outputFolderOf } from '../run/record.js';
import { isZipName, writeZip, type ZipEntry } from './write-zip.js';

/** What a bundle has of its runs. */
export const resultsFile = 'results.zip';

interface FinishedRun {
  /** Absolute path of the record. */
  file: string;
  record: FinishedRecord;
}

interface WrittenResults {
  written: { name: string; what: string }[];
  /** What the records name and results.zip does not have; `why` is a sentence. */
  missing: { name: string; why: string }[];
  /** Each run's folder in results.zip. */
  runs: { folder: string; record: FinishedRecord }[];
}

/**
 * Writes `results.zip` into a folder: each run's record, log and outputs, in the order given, in `run-1/`, `run-2/` and so on.
 * What is not as the record has it, by its sha256 or by what a link says, is left out and named.
 *
 * Rejects `file-unreadable` for a record, `sources-changed` for an output that changes meanwhile, `disk-full`, `cancelled`.
 */
export async function writeResults(
  runs: readonly FinishedRun[],
  folder: string,
  signal: AbortSignal,
): Promise<WrittenResults> {
  if (runs.length === 0) {
    return { written: [], missing: [{ name: resultsFile, why: 'No finished run was chosen.' }], runs: [] };
  }
  const missing: WrittenResults['missing'] = [];
  const named = runs.map((run, index) => ({ ...run, folder: `run-${index + 1}` }));
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    for (const run of named) {
      yield* runEntries(
        run,
        (name, why) => missing.push({ name: `${resultsFile}/${run.folder}/${name}`, why }),
        signal,
      );
    }
  };
  await writeZip(join(folder, resultsFile), entries(), signal);
  const what = `record, log and outputs of ${runs.length === 1 ? 'one run' : `${runs.length} runs`}`;
  return {
    written: [{ name: resultsFile, what }],
    missing,
    runs: named.map((run) => ({ folder: run.folder, record: run.record })),
  };
}

type OnMissing = (name: string, why: string) => void;

async function* runEntries(
  { file, record, folder }: FinishedRun & { folder: string },
  onMissing: OnMissing,
  signal: AbortSignal,
): AsyncGenerator<ZipEntry> {
  yield { name: `${folder}/record.json`, source: { kind: 'file', path: file }, mode: 0o644 };
  if (record.log !== undefined) {
    const log = await look(logFileOf(file), { path: 'log.txt', ...record.log }, signal);
    if (log.kind === 'left-out') onMissing('log.txt', log.why);
    else yield { name: `${folder}/log.txt`, source: log.source, mode: 0o644 };
  }
  if (record.outputs.length === 0) {
    if (record.output !== undefined && record.problem !== undefined)
      onMissing('outputs', 'It is not known which outputs the run left.');
    return;
  }
  const outputs = outputFolderOf(file, record);
  // One sentence for a folder, not one for each of perhaps 100,000 files.
  if (outputs === undefined || !(await isFolder(outputs))) {
    onMissing('outputs', 'The output folder of the run is not there any more.');
    return;
  }
  for (const output of record.outputs) {
    signal.throwIfAborted();
    const name = `outputs/${output.path}`;
    const found = await look(join(outputs, ...output.path.split('/')), output, signal);
    if (found.kind === 'left-out') onMissing(name, found.why);
    else
      yield {
        name: `${folder}/${name}`,
        source: found.source,
        ...(found.mode === undefined ? {} : { mode: found.mode }),
      };
  }
}

type Found = { kind: 'found'; source: ZipEntry['source']; mode?: number } | { kind: 'left-out'; why: string };

/** Compares what is there with what the record says of it. */
async function look(path: string, recorded: OutputFile, signal: AbortSignal): Promise<Found> {
  if (recorded.path.endsWith('/')) return leftOut('The folder could not be read when the run ended.');
  if (!isZipName(recorded.path)) return leftOut('Not every system can have a file of this name.');
  try {
    const stats = await lstat(path);
    if ('link' in recorded) {
      if (!stats.isSymbolicLink() || (await readlink(path)) !== recorded.link) return changed;
      const target = sep === '\\' ? recorded.link.replaceAll('\\', '/') : recorded.link;
      return leadsOut(recorded.path, target)
        ? leftOut('The link leads out of the output folder.')
        : { kind: 'found', source: { kind: 'link', target } };
    }
    const { size, sha256 } = recorded;
    if (sha256 === undefined) return leftOut('The file could not be read when the run ended.');
    if (!stats.isFile() || stats.size !== size) return changed;
    const source = size <= largestInMemory ? await readSmall(path, sha256) : await readLarge(path, sha256, signal);
    return source === undefined ? changed : { kind: 'found', source, mode: stats.mode };
  } catch (error) {
    if (signal.aborted) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return leftOut('It is not there any more.');
    if (code === undefined) throw error;
    return leftOut(`It cannot be read (${code}).`);
  }
}

const changed: Found = leftOut('It has changed since the run.');

function leftOut(why: string): Found {
  return { kind: 'left-out', why };
}

/** Bytes. */
const largestInMemory = 4 * 1024 * 1024;

/** Undefined where the file has another sha256. */
async function readSmall(path: string, sha256: string): Promise<ZipEntry['source'] | undefined> {
  const bytes = await readFile(path);
  return createHash('sha256').update(bytes).digest('hex') === sha256 ? { kind: 'bytes', bytes } : undefined;
}

/** What is in a zip cannot be taken out again: a large file is read once to be compared, and once more for the zip. */
async function readLarge(path: string, sha256: string, signal: AbortSignal): Promise<ZipEntry['source'] | undefined> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex') === sha256 ? { kind: 'stream', content: unchanged(path, sha256) } : undefined;
}

async function* unchanged(path: string, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytesOf(createReadStream(path, { highWaterMark: 1 << 20 }))) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') === sha256) return;
  throw new Failure(
    'sources-changed',
    `${path} changed while it was exported.`,
    'Wait until nothing writes to it any more, then export again.',
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}

function leadsOut(path: string, target: string): boolean {
  if (target.startsWith('/') || /^[A-Za-z]:/.test(target)) return true;
  return posix.join(posix.dirname(path), target).split('/')[0] === '..';
}
