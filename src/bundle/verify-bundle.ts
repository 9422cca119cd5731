import { rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { asFailure, cancelled } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { type Work } from '../host/progress.js';
import { verifyArchive } from './archive/verify-archive.js';
import { type Check, fetchAgain } from './check.js';
import { checklistOf } from './checklist.js';
import { type ArchivedImage, descriptionFile } from './description.js';
import { joinSecrets, type Secrets, secretsOfImage } from './image-secrets.js';
import { checklistPartsOf, readDescription } from './read-bundle.js';
import { verifyChecksums } from './verify-checksums.js';
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
  /** Whether no check failed; what reviewers ask for besides is in `checklist`. */
  ok: boolean;
  checks: Check[];
  /** The reviewers' checklist as it is judged after the verification. */
  checklist: Check[];
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
  const { checks, secrets } = await checksOfBundle(connect, request, log, work);
  const ok = checks.every((check) => check.state !== 'failed');
  work.onProgress({ message: 'Judging what reviewers check', fraction: 0.95 });
  const parts = await checklistPartsOf(request.folder, { verification: checks, secrets }, work.signal);
  const result = { ok, checks, checklist: checklistOf(parts) };
  await writeReport(request.folder, result).catch((error: unknown) => {
    log.warn(`${reportFile} was not written: ${asFailure(error, 'Writing it').message}`);
  });
  return result;
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
): Promise<{ checks: Check[]; secrets: Secrets }> {
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
    return { checks, secrets: 'not-searched' };
  }
  const platforms = new Set(description.images.map(({ platform }) => platform));
  if (platforms.size < description.images.length) {
    const message = `${descriptionFile} has two images for the same platform.`;
    checks.push({ id: 'description', state: 'failed', message, remedy: fetchAgain });
  }
  const secrets: Secrets[] = [];
  for (const image of description.images) {
    onProgress({ message: `Reading ${image.file}`, fraction: 0.3 });
    const archive = await verifyImageArchive(folder, image, signal);
    checks.push(...archive.checks);
    secrets.push(archive.configuration === undefined ? 'not-searched' : secretsOfImage(archive.configuration, []));
    const isIntact = archive.checks.every((check) => check.state !== 'failed');
    if (isIntact && (request.load ?? true)) {
      onProgress({ message: `Loading ${request.run === true ? 'and running ' : ''}${image.file}`, fraction: 0.6 });
      checks.push(...(await verifyByLoading(connect, folder, image, request.run ?? false, log, signal)));
    }
  }
  return { checks, secrets: joinSecrets(secrets) };
}

async function verifyImageArchive(
  folder: string,
  image: ArchivedImage,
  signal: AbortSignal,
): Promise<{ checks: Check[]; configuration?: Buffer }> {
  const failed = (kind: 'archive' | 'identity', message: string): Check => ({
    ...{ id: `${kind}:${image.platform}`, state: 'failed', message, remedy: fetchAgain },
  });
  const passed = (kind: 'archive' | 'identity', message: string): Check => ({
    ...{ id: `${kind}:${image.platform}`, state: 'passed', message },
  });
  if (basename(image.file) !== image.file || image.file === '..') {
    return { checks: [failed('archive', `${descriptionFile} names a file outside of the bundle.`)] };
  }
  let verified: Awaited<ReturnType<typeof verifyArchive>>;
  try {
    verified = await verifyArchive(join(folder, image.file), { signal });
  } catch (error) {
    if (signal.aborted) throw cancelled('The verification');
    return { checks: [failed('archive', `${image.file}: ${asFailure(error, 'Reading the archive').message}`)] };
  }
  const isSame =
    verified.configDigest === image.configDigest &&
    verified.manifestDigest === image.manifestDigest &&
    verified.tarSha256 === image.tarSha256 &&
    verified.tarBytes === image.tarBytes &&
    verified.platform === image.platform &&
    verified.tag === image.reference &&
    verified.diffIds.join() === image.diffIds.join();
  const whole = `${image.file} is whole: ${verified.diffIds.length} layers, configuration and manifest have their digests.`;
  return {
    checks: [
      passed('archive', whole),
      isSame
        ? passed('identity', `${image.file} holds the image that ${descriptionFile} names.`)
        : failed('identity', `${image.file} holds another image than ${descriptionFile} names.`),
    ],
    configuration: verified.configuration,
  };
}
