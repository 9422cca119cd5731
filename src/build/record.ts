import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorCode, Failure } from '../host/failure.js';
import { recordsFolder } from '../project/records-folder.js';

const schemaUri = 'https://research-containers.org/schema/build-record-1.json';

const buildRecord = v.object({
  $schema: v.literal(schemaUri),
  created: v.string(),
  dockerfile: v.object({ path: v.string(), sha256: v.string() }),
  context: v.object({ path: v.string(), digest: v.string(), files: v.number(), bytes: v.number() }),
  target: v.optional(v.string()),
  buildArguments: v.record(v.string(), v.string()),
  /** What SOURCE_DATE_EPOCH was set to, in seconds since 1970. */
  sourceDateEpoch: v.optional(v.number()),
  /** Names of arguments whose value looks like a secret, and is not kept. */
  omittedArguments: v.optional(v.array(v.string()), []),
  /** Identifiers of the secrets that steps were given; never a value. */
  secrets: v.optional(v.array(v.string()), []),
  noCache: v.optional(v.boolean(), false),
  git: v.optional(
    v.object({
      commit: v.string(),
      dirty: v.boolean(),
      remote: v.optional(v.string()),
      /** Name of the file beside the record that `git apply` makes the built sources with, and its sha256. */
      patch: v.optional(v.object({ file: v.string(), sha256: v.string() })),
      /** New files, relative to the project. */
      untracked: v.optional(v.array(v.string()), []),
    }),
  ),
  baseImages: v.optional(
    v.array(v.object({ reference: v.string(), digest: v.optional(v.string()), imageId: v.optional(v.string()) })),
    [],
  ),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  images: v.array(
    v.object({
      platform: v.string(),
      reference: v.string(),
      configDigest: v.string(),
      imageId: v.string(),
      diffIds: v.array(v.string()),
    }),
  ),
  engine: v.object({ version: v.string(), platform: v.string(), store: v.string() }),
  /** `buildkit`, or `classic` for an engine without it. */
  builder: v.optional(v.picklist(['buildkit', 'classic']), 'buildkit'),
  seconds: v.number(),
});

/**
 * What was built from what, kept as JSON in `.research-containers/builds/` and meant to be committed. Paths are
 * relative to the project's folder, with `/`.
 */
export type BuildRecord = v.InferOutput<typeof buildRecord>;

/**
 * Adds the schema's name and writes the record into the project's folder; resolves to its absolute path.
 *
 * @param patch how the sources differ from the commit, kept beside the record where there is one
 */
export async function writeBuildRecord(
  project: string,
  record: Omit<BuildRecord, '$schema'>,
  patch: Buffer | undefined,
): Promise<string> {
  const folder = join(project, recordsFolder, 'builds');
  await mkdir(folder, { recursive: true });
  const digest = record.images[0]?.configDigest.replace('sha256:', '').slice(0, 12) ?? 'none';
  const name = `${record.created.replaceAll(/[:.]/g, '-')}-${digest}`;
  const { git } = record;
  const whole: BuildRecord = { $schema: schemaUri, ...record };
  if (git !== undefined && patch !== undefined && patch.length > 0) {
    await writeWhole(join(folder, `${name}.patch`), patch);
    whole.git = { ...git, patch: { file: `${name}.patch`, sha256: createHash('sha256').update(patch).digest('hex') } };
  }
  const file = join(folder, `${name}.json`);
  await writeWhole(file, `${JSON.stringify(whole, null, 2)}\n`);
  return file;
}

/** Rejects `record-unreadable`. */
export async function readBuildRecord(file: string): Promise<BuildRecord> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), buildRecord), text);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw unreadable(file, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}

function unreadable(file: string, why: string): Failure {
  return new Failure(
    'record-unreadable',
    `${file} is not a build record that can be read: ${why}`,
    'Choose a file of .research-containers/builds.',
  );
}

/**
 * The newest record of the project's folder for an image: of the same id or, for an engine whose store names it otherwise and
 * where there is none, of the same layers. Undefined for none.
 */
export async function findBuildRecord(
  project: string,
  image: { id: string; diffIds: readonly string[] },
): Promise<{ file: string; record: BuildRecord } | undefined> {
  const folder = join(project, recordsFolder, 'builds');
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  let similar: { file: string; record: BuildRecord } | undefined;
  for (const name of names
    .filter((candidate) => candidate.endsWith('.json'))
    .sort()
    .reverse()) {
    const file = join(folder, name);
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), buildRecord), await readFile(file, 'utf8'));
    if (!parsed.success) continue;
    const found = { file, record: parsed.output };
    if (found.record.images.some(({ imageId, configDigest }) => [imageId, configDigest].includes(image.id)))
      return found;
    if (found.record.images.some(({ diffIds }) => diffIds.join() === image.diffIds.join())) similar ??= found;
  }
  return similar;
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.partial`;
  await writeFile(partial, content);
  await rename(partial, file);
}
