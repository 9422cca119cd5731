import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { recordsFolder } from '../project/records-folder.js';
import { errorCode, Failure } from '../host/failure.js';

const schemaUri = 'https://research-containers.org/schema/run-record-1.json';

const outputFile = v.union([
  /** A symbolic link, and what it says; it is not followed. */
  v.object({ path: v.string(), link: v.string() }),
  v.object({
    /** Relative to the output folder, with `/`. */
    path: v.string(),
    /** Bytes. */
    size: v.number(),
    /** Left out where the file may not be read. */
    sha256: v.optional(v.string()),
  }),
]);

/** A file that a run left in its output folder. */
export type OutputFile = v.InferOutput<typeof outputFile>;

const mount = v.object({
  type: v.picklist(['folder', 'volume']),
  /** A path as `output.folder` has it, or the name of a volume. */
  source: v.string(),
  target: v.string(),
  readOnly: v.boolean(),
});

const start = {
  $schema: v.literal(schemaUri),
  image: v.object({
    reference: v.string(),
    /** The engine's own identifier, which means something to this engine only. */
    imageId: v.string(),
    /** Left out where the engine does not say it and no build record of the project has it. */
    configDigest: v.optional(v.string()),
    diffIds: v.array(v.string()),
    platform: v.string(),
  }),
  /** Entrypoint and command as they ran, with a mask in place of what looks like a secret. */
  command: v.array(v.string()),
  /** What was given in place of the image's CMD. */
  given: v.optional(v.array(v.string())),
  environment: v.record(v.string(), v.string()),
  /** Names of given variables whose value looks like a secret, and is not kept. */
  omittedEnvironment: v.array(v.string()),
  /** The folder is relative to the project with `/` where it lies in it, else absolute. */
  output: v.optional(v.object({ folder: v.string(), target: v.string() })),
  mounts: v.array(mount),
  ports: v.array(v.object({ container: v.number(), host: v.optional(v.number()) })),
  limits: v.object({ memory: v.optional(v.number()), cpus: v.optional(v.number()) }),
  gpus: v.optional(v.union([v.literal('all'), v.array(v.string())])),
  user: v.optional(v.string()),
  interactive: v.boolean(),
  container: v.object({ id: v.string(), name: v.string() }),
  git: v.optional(v.object({ commit: v.string(), dirty: v.boolean() })),
  host: v.object({
    engine: v.string(),
    platform: v.string(),
    operatingSystem: v.string(),
    cores: v.optional(v.number()),
    /** Bytes. */
    memory: v.optional(v.number()),
    gpu: v.optional(v.string()),
  }),
  /** RFC 3339, by the engine's clock once the container runs. */
  started: v.string(),
};

const usage = {
  /** Most bytes that were measured, once a second; left out for a run that was too short to be measured. */
  peakMemory: v.optional(v.number()),
  /** Seconds of processor time at the last measurement. */
  cpuSeconds: v.optional(v.number()),
};

const runRecord = v.variant('state', [
  v.object({ state: v.literal('running'), ...start }),
  v.object({
    state: v.literal('finished'),
    ...start,
    finished: v.string(),
    /** By a clock that does not jump where the run was watched from start to end, else the engine's two times apart. */
    seconds: v.number(),
    exitCode: v.number(),
    /** That the exit code stands for by convention: 137 is `SIGKILL`. */
    signal: v.optional(v.string()),
    outOfMemory: v.boolean(),
    ...usage,
    outputs: v.array(outputFile),
    /** The name of the file beside the record with what the program printed. */
    log: v.optional(v.object({ file: v.string(), size: v.number(), sha256: v.string() })),
    /** What could not be done after the end. */
    problem: v.optional(v.object({ reason: v.string(), message: v.string() })),
  }),
  /** Nothing is known of its end. */
  v.object({ state: v.literal('lost'), ...start, lost: v.object({ when: v.string(), why: v.string() }) }),
]);

/**
 * One run of an image, kept as JSON in `.research-containers/runs/` from its start on, and meant to be committed when it has
 * ended.
 */
export type RunRecord = v.InferOutput<typeof runRecord>;
export type RunningRecord = Extract<RunRecord, { state: 'running' }>;
export type FinishedRecord = Extract<RunRecord, { state: 'finished' }>;

/** What lists show of a run: all of its record but the files that it left, of which there may be 100,000. */
export type RunOverview = Exclude<RunRecord, FinishedRecord> | (Omit<FinishedRecord, 'outputs'> & { outputs: number });

export function overviewOf(record: RunRecord): RunOverview {
  return record.state === 'finished' ? { ...record, outputs: record.outputs.length } : record;
}

/** A new record with the schema's name in it. */
export function newRecord(record: Omit<RunningRecord, '$schema' | 'state'>): RunningRecord {
  return { $schema: schemaUri, state: 'running', ...record };
}

/** What of a record tells how a run began, for the record of how it ended. */
export function beginningOf(record: RunRecord): Omit<RunningRecord, 'state'> {
  const { $schema, image, command, given, environment, omittedEnvironment, output, mounts, ports, limits } = record;
  const { gpus, user, interactive, container, git, host, started } = record;
  return {
    ...{ $schema, image, command, environment, omittedEnvironment, mounts, ports, limits, interactive },
    ...{ container, host, started },
    ...(given === undefined ? {} : { given }),
    ...(output === undefined ? {} : { output }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(user === undefined ? {} : { user }),
    ...(git === undefined ? {} : { git }),
  };
}

/** Absolute path of the folder that keeps a project's run records. */
export function runsFolder(project: string): string {
  return join(project, recordsFolder, 'runs');
}

/** Absolute path of the project that a record lies in. */
export function projectOfRecord(file: string): string {
  return resolve(file, '..', '..', '..');
}

/** Absolute path for the record of a container that starts now, and which no other record has. */
export function recordFileFor(project: string, container: string, now: Date): string {
  return join(runsFolder(project), `${timestamp(now)}-${container.slice(0, 12)}.json`);
}

/** A time as names of files have it, to the second, in UTC: `2026-03-04T05-06-07Z`. */
export function timestamp(time: Date): string {
  return time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
}

/** Absolute path of the log that belongs to a record. */
export function logFileOf(record: string): string {
  return record.replace(/\.json$/, '.log');
}

/** Writes the record as a whole, in place of what was there. */
export async function writeRunRecord(file: string, record: RunRecord): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const partial = `${file}.partial`;
  await writeFile(partial, `${JSON.stringify(record, null, 2)}\n`);
  await rename(partial, file);
}

/** Rejects `record-unreadable`. */
export async function readRunRecord(file: string): Promise<RunRecord> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  });
  return parseRunRecord(file, text);
}

/** Reads the text of a record; throws `record-unreadable`, which names the file. */
export function parseRunRecord(file: string, text: string): RunRecord {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), runRecord), text);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw unreadable(file, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}

/** Absolute paths of a project's run records, the newest first. */
export async function listRunRecords(project: string): Promise<string[]> {
  const folder = runsFolder(project);
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .reverse()
      .map((name) => join(folder, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes a record with its log. Outputs and container stay. */
export async function removeRunRecord(file: string): Promise<void> {
  await rm(logFileOf(file), { force: true });
  await rm(file, { force: true });
}

/** A path as records have it: relative to the project with `/` where it lies in it, else absolute. */
export function pathInRecord(project: string, path: string): string {
  const inside = relative(project, path);
  if (inside === '') return '.';
  return isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`) ? path : inside.split(sep).join('/');
}

/** The other way round, to an absolute path. */
export function pathFromRecord(project: string, path: string): string {
  return isAbsolute(path) ? path : join(project, ...path.split('/'));
}

/** Absolute path of the folder that a run's outputs went to; undefined where none was bound. */
export function outputFolderOf(file: string, record: Pick<RunRecord, 'output'>): string | undefined {
  return record.output === undefined ? undefined : pathFromRecord(projectOfRecord(file), record.output.folder);
}

function unreadable(file: string, why: string): Failure {
  return new Failure(
    'record-unreadable',
    `${basename(file)} is not a run record that can be read: ${why}`,
    'Choose a file of .research-containers/runs.',
  );
}
