import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { asFailure, cancelled, errorCode, Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { type Work } from '../host/progress.js';
import { verifyArchive } from './archive/verify-archive.js';
import { type Check, fetchAgain } from './check.js';
import { checksumsFile, checksumsOf, parseChecksums } from './checksums.js';
import { type ArchivedImage, type BundleDescription, descriptionFile, parseDescription } from './description.js';
import { verifyByLoading } from './verify-on-engine.js';

export interface VerifyRequest {
  /** Absolute path of the bundle. */
  folder: string;
  /** Whether each image is loaded under a scratch name and compared; true where undefined. */
  load?: boolean | undefined;
  /** Whether the loaded image is run with and without network, by the command that the bundle proposes; false where undefined. */
  run?: boolean | undefined;
}

export interface VerifyResult {
  /** Whether no check failed. */
  ok: boolean;
  checks: Check[];
}

/**
 * Verifies a bundle: every file against its checksum, every archive against itself and `bundle.json`, then, with an
 * engine, by loading and running it. What is found is a check; only what keeps from looking at all rejects
 * (`bundle-not-found`, `cancelled`). The result is kept beside the bundle's files, in verification.json.
 *
 * @param connect asked for an engine only where one is needed.
 */
export async function verifyBundle(
  connect: () => Promise<EngineConnection>,
  request: VerifyRequest,
  log: Log,
  work: Work,
): Promise<VerifyResult> {
  const checks = await checksOfBundle(connect, request, log, work);
  const ok = checks.every((check) => check.state !== 'failed');
  await writeReport(request.folder, { ok, checks }).catch((error: unknown) => {
    log.warn(`${reportFile} was not written: ${asFailure(error, 'Writing it').message}`);
  });
  return { ok, checks };
}

/** Name of the file beside a bundle's own that says what the last verification found. */
const reportFile = 'verification.json';
const reportSchema = 'https://research-containers.org/schema/verification-1.json';

async function writeReport(folder: string, result: VerifyResult): Promise<void> {
  const report = { $schema: reportSchema, verified: new Date().toISOString(), ...result };
  const partial = join(folder, `.${reportFile}.partial`);
  await writeFile(partial, `${JSON.stringify(report, null, 2)}\n`);
  await rename(partial, join(folder, reportFile));
}

async function checksOfBundle(
  connect: () => Promise<EngineConnection>,
  request: VerifyRequest,
  log: Log,
  { signal, onProgress }: Work,
): Promise<Check[]> {
  const { folder } = request;
  const description = await readDescription(folder);
  onProgress({ message: 'Comparing checksums', fraction: 0 });
  const checks = await verifyChecksums(folder, signal, (fraction) => {
    onProgress({ message: 'Comparing checksums', fraction: fraction * 0.3 });
  });
  if (description === undefined) {
    checks.push({
      id: 'description',
      state: 'failed',
      message: `${descriptionFile} cannot be read.`,
      remedy: fetchAgain,
    });
    return checks;
  }
  for (const image of description.images) {
    onProgress({ message: `Reading ${image.file}`, fraction: 0.3 });
    const archiveChecks = await verifyImageArchive(folder, image, signal);
    checks.push(...archiveChecks);
    const intact = archiveChecks.every((check) => check.state !== 'failed');
    if (intact && (request.load ?? true)) {
      onProgress({ message: `Loading ${request.run === true ? 'and running ' : ''}${image.file}`, fraction: 0.6 });
      checks.push(...(await verifyByLoading(connect, folder, image, request.run ?? false, log, signal)));
    }
  }
  return checks;
}

async function readDescription(folder: string): Promise<BundleDescription | undefined> {
  try {
    return parseDescription(await readFile(join(folder, descriptionFile), 'utf8'));
  } catch (error) {
    throw new Failure(
      'bundle-not-found',
      `There is no bundle in ${folder}: ${errorCode(error) === 'ENOENT' ? `it has no ${descriptionFile}` : String(error)}.`,
      'Choose the folder that “Export for Zenodo…” made.',
      { cause: error },
    );
  }
}

async function verifyChecksums(
  folder: string,
  signal: AbortSignal,
  onFraction: (fraction: number) => void,
): Promise<Check[]> {
  const checks: Check[] = [];
  let text: string;
  try {
    text = await readFile(join(folder, checksumsFile), 'utf8');
  } catch {
    return [{ id: 'checksums', state: 'failed', message: `There is no ${checksumsFile}.`, remedy: fetchAgain }];
  }
  const lines = parseChecksums(text);
  const present = new Set(await readdir(folder));
  const sizes = await Promise.all([...present].map(async (name) => (await stat(join(folder, name))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let read = 0;
  let whole = 0;
  for (const line of lines) {
    if ('problem' in line) {
      checks.push({
        id: 'checksums',
        state: 'failed',
        message: `${checksumsFile} has a bad line: ${line.problem}`,
        remedy: fetchAgain,
      });
      continue;
    }
    const { name, sha256 } = line;
    if (!present.delete(name)) {
      checks.push({ id: `checksum:${name}`, state: 'failed', message: `${name} is missing.`, remedy: fetchAgain });
      continue;
    }
    try {
      const found = await checksumsOf(join(folder, name), signal, (count) => {
        read += count;
        onFraction(read / Math.max(1, total));
      });
      if (found.sha256 === sha256) whole++;
      else
        checks.push({
          id: `checksum:${name}`,
          state: 'failed',
          message: `${name} is damaged: its sha256 is not the listed one.`,
          remedy: fetchAgain,
        });
    } catch (error) {
      if (signal.aborted) throw cancelled('The verification');
      checks.push({
        id: `checksum:${name}`,
        state: 'failed',
        message: asFailure(error, `Reading ${name}`).message,
        remedy: fetchAgain,
      });
    }
  }
  for (const name of present) {
    if (name === checksumsFile || name === reportFile || isMadeByRunning(name)) continue;
    checks.push({
      id: `extra:${name}`,
      state: 'failed',
      message: `${name} is not listed in ${checksumsFile}.`,
      remedy: 'Remove it, or export the bundle again.',
    });
  }
  if (checks.length === 0) {
    checks.push({ id: 'checksums', state: 'passed', message: `All ${whole} listed files have their sha256.` });
  }
  return checks;
}

/** What run.sh and run.ps1 leave beside themselves: results, and the image as Apptainer has it. */
function isMadeByRunning(name: string): boolean {
  return name === 'output' || /^image-[\w.-]+\.sif$/.test(name);
}

async function verifyImageArchive(folder: string, image: ArchivedImage, signal: AbortSignal): Promise<Check[]> {
  const id = `archive:${image.platform}`;
  if (basename(image.file) !== image.file) {
    return [
      { id, state: 'failed', message: `${descriptionFile} names a file outside of the bundle.`, remedy: fetchAgain },
    ];
  }
  let verified: Awaited<ReturnType<typeof verifyArchive>>;
  try {
    verified = await verifyArchive(join(folder, image.file), { signal });
  } catch (error) {
    if (signal.aborted) throw cancelled('The verification');
    return [
      {
        id,
        state: 'failed',
        message: `${image.file}: ${asFailure(error, 'Reading the archive').message}`,
        remedy: fetchAgain,
      },
    ];
  }
  const same =
    verified.configDigest === image.configDigest &&
    verified.manifestDigest === image.manifestDigest &&
    verified.tarSha256 === image.tarSha256 &&
    verified.diffIds.join() === image.diffIds.join();
  return [
    {
      id,
      state: 'passed',
      message: `${image.file} is whole: ${verified.diffIds.length} layers, configuration and manifest have their digests.`,
    },
    same
      ? {
          id: `identity:${image.platform}`,
          state: 'passed',
          message: `${image.file} holds the image that ${descriptionFile} names.`,
        }
      : {
          id: `identity:${image.platform}`,
          state: 'failed',
          message: `${image.file} holds another image than ${descriptionFile} names.`,
          remedy: fetchAgain,
        },
  ];
}
