import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readBuildRecord } from '../build/record.js';
import { cancelled, errorCode, Failure } from '../host/failure.js';
import { type FinishedRecord, parseRunRecord, type RunRecord } from '../run/record.js';
import { isBesideBundle } from './beside-bundle.js';
import { type ChecklistParts } from './checklist-parts.js';
import { crateFile } from './crate.js';
import { type BundleDescription, descriptionFile, parseDescription } from './description.js';
import { readMetadata } from './metadata.js';
import { joinSecrets } from './image-secrets.js';
import { bytesOfMember, withZip, type ZipMember } from './read-zip.js';
import { secretsInSources, type SourceFile } from './source-secrets.js';

/**
 * Reads from a bundle's folder what the reviewers' checklist is answered from, as it is there now. What is not there or cannot be read
 * is empty or undefined. Secrets are searched for in the sources, the patch and the Dockerfile. They count as not searched for where
 * something could not be searched and nothing was found in the rest.
 *
 * Rejects only `bundle-not-found` and `cancelled`.
 *
 * @param found what “Verify Bundle…” found, and the secrets in the images
 */
export async function checklistPartsOf(
  folder: string,
  found: Pick<ChecklistParts, 'verification' | 'secrets'>,
  signal: AbortSignal,
): Promise<ChecklistParts> {
  const description = await readDescription(folder);
  const files = await unlessUnreadable(filesOf(folder, signal), [], signal);
  const sources = await sourcesOf(folder, files, signal);
  const parts: ChecklistParts = {
    ...{ files, verification: found.verification, sourceNames: sources.names },
    secrets: joinSecrets([found.secrets, sources.secrets]),
    images: description?.images ?? [],
    metadata: await unlessUnreadable(readMetadata(folder, undefined), { title: '', creators: [] }, signal),
    readme: (await textOf(folder, 'README.md')) ?? '',
    build: await unlessUnreadable(readBuildRecord(join(folder, 'build-record.json')), undefined, signal),
    runs: await unlessUnreadable(runsOf(folder, signal), [], signal),
    dockerfile: await textOf(folder, 'Dockerfile'),
    sourceCommit: description?.commit,
    licenceText: await textOf(folder, 'LICENSE'),
    citation: await textOf(folder, 'CITATION.cff'),
    doi: await doiOf(folder),
  };
  if (signal.aborted) throw cancelled(reading);
  return parts;
}

/** Reads a bundle's description; undefined where it is damaged. Rejects `bundle-not-found`. */
export async function readDescription(folder: string): Promise<BundleDescription | undefined> {
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

async function filesOf(folder: string, signal: AbortSignal): Promise<{ name: string; size: number }[]> {
  const files: { name: string; size: number }[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (signal.aborted) throw cancelled(reading);
    const stats = await stat(join(folder, name)).catch(() => undefined);
    if (stats?.isFile() === true && !isBesideBundle(name)) files.push({ name, size: stats.size });
  }
  return files;
}

/** A record names up to 100,000 outputs. Bytes. */
const largestRecord = 1 << 26;

/** The finished runs, in the order of their numbers. */
async function runsOf(folder: string, signal: AbortSignal): Promise<FinishedRecord[]> {
  return withZip(join(folder, 'results.zip'), signal, async (members) => {
    const numbered = [...members.values()].flatMap((member) => {
      const number = /^run-(\d+)\/record\.json$/.exec(member.name)?.[1];
      return number === undefined ? [] : [{ member, number: Number(number) }];
    });
    const runs: FinishedRecord[] = [];
    for (const { member } of numbered.sort((left, right) => left.number - right.number)) {
      const record = await unlessUnreadable(readRun(member), undefined, signal);
      if (record?.state === 'finished') runs.push(record);
    }
    return runs;
  });
}

async function readRun(member: ZipMember): Promise<RunRecord> {
  return parseRunRecord(member.name, (await bytesOfMember(member, largestRecord)).toString('utf8'));
}

type Secret = Exclude<ChecklistParts['secrets'], 'not-searched'>[number];

async function sourcesOf(
  folder: string,
  files: ChecklistParts['files'],
  signal: AbortSignal,
): Promise<{ names: readonly string[]; secrets: ChecklistParts['secrets'] }> {
  const has = (wanted: string): boolean => files.some(({ name }) => name === wanted);
  const search = (members: ReadonlyMap<string, ZipMember>): ReturnType<typeof searchZip> => searchZip(members, signal);
  const zipped = has('source.zip')
    ? await unlessUnreadable(withZip(join(folder, 'source.zip'), signal, search), undefined, signal)
    : { names: [], secrets: [], isWhole: true };
  const beside = ['Dockerfile', 'uncommitted.patch'].map((name): SourceFile => ({
    name,
    content: (largest) => bytesIn(folder, name, largest),
  }));
  const secrets = [...(zipped?.secrets ?? []), ...(await secretsInSources(beside, signal))];
  // The Dockerfile is in source.zip, too.
  const distinct = new Map(secrets.map((secret) => [`${secret.where} ${secret.what}`, secret]));
  return {
    names: zipped?.names ?? [],
    secrets: distinct.size === 0 && zipped?.isWhole !== true ? 'not-searched' : [...distinct.values()],
  };
}

async function searchZip(
  members: ReadonlyMap<string, ZipMember>,
  signal: AbortSignal,
): Promise<{ names: string[]; secrets: Secret[]; isWhole: boolean }> {
  let isWhole = true;
  const sources = [...members.values()].map((member): SourceFile => ({
    name: member.name,
    content: async (largest) => {
      if (member.kind === 'link' || member.size > largest) return undefined;
      const bytes = await unlessUnreadable(bytesOfMember(member, largest), undefined, signal);
      isWhole &&= bytes !== undefined;
      return bytes;
    },
  }));
  return { names: [...members.keys()], secrets: await secretsInSources(sources, signal), isWhole };
}

const crate = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ '@graph': v.array(v.object({ '@id': v.optional(v.string()), identifier: v.optional(v.unknown()) })) }),
);

/** The bundle's own DOI, which an export writes into the crate where one is reserved. */
async function doiOf(folder: string): Promise<string | undefined> {
  const parsed = v.safeParse(crate, await textOf(folder, crateFile));
  if (!parsed.success) return undefined;
  const identifier = parsed.output['@graph'].find((entity) => entity['@id'] === './')?.identifier;
  return typeof identifier === 'string' ? /^https:\/\/doi\.org\/(10\..+)$/.exec(identifier)?.[1] : undefined;
}

/** Larger documents are none that an export writes, in bytes. */
const largestDocument = 1 << 24;

async function textOf(folder: string, name: string): Promise<string | undefined> {
  return (await bytesIn(folder, name, largestDocument))?.toString('utf8');
}

async function bytesIn(folder: string, name: string, largest: number): Promise<Buffer | undefined> {
  const file = join(folder, name);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > largest) return undefined;
  return readFile(file).catch(() => undefined);
}

/** What else than an unreadable file keeps from reading is a mistake of ours, and is not hidden. */
async function unlessUnreadable<Value, Otherwise>(
  value: Promise<Value>,
  otherwise: Otherwise,
  signal: AbortSignal,
): Promise<Value | Otherwise> {
  try {
    return await value;
  } catch (error) {
    if (signal.aborted) throw cancelled(reading);
    if (error instanceof Failure || errorCode(error) !== undefined) return otherwise;
    throw error;
  }
}

const reading = 'Reading the bundle';
