import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorCode } from '../host/failure.js';
import { lifeOf, processMark } from '../host/process-mark.js';

const pendingRun = v.object({
  /** Absolute path of the run record. */
  record: v.string(),
  /** Where its engine is, as an endpoint has it. */
  engine: v.string(),
  /** What the engine says that it is. */
  engineId: v.optional(v.string()),
  container: v.string(),
  keep: v.boolean(),
  placement: v.union([
    v.object({ kind: v.literal('bound') }),
    v.object({
      kind: v.literal('copied'),
      back: v.array(v.object({ folder: v.string(), target: v.string(), isOutput: v.boolean() })),
      volumes: v.array(v.string()),
    }),
  ]),
  /** What the results' folder takes after the end; left out where nothing is to be done. */
  settling: v.optional(
    v.object({
      owner: v.string(),
      /** What the folder's permissions were before it was opened for every user. */
      mode: v.optional(v.number()),
      /** What did not belong to the user before the run. */
      before: v.optional(v.array(v.string())),
    }),
  ),
});

/**
 * What it takes to bring a run to its end, kept in the extension's own storage for as long as something is to be done: a run
 * outlives the window that it was started in.
 */
export type PendingRun = v.InferOutput<typeof pendingRun>;

/** Keeps it, in place of what was kept of the run before. */
export async function keepPending(storage: string, pending: PendingRun): Promise<void> {
  await mkdir(storage, { recursive: true });
  const file = fileOf(storage, pending.record);
  await writeFile(`${file}.partial`, JSON.stringify(pending));
  await rename(`${file}.partial`, file);
}

/** Forgets a run that nothing is to be done for any more. */
export async function forgetPending(storage: string, record: string): Promise<void> {
  await rm(fileOf(storage, record), { force: true });
}

export async function listPending(storage: string): Promise<PendingRun[]> {
  const names = await readdir(storage).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(storage, name), 'utf8').catch(() => '')),
  );
  return texts.flatMap((text) => {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), pendingRun), text);
    return parsed.success ? [parsed.output] : [];
  });
}

/** The right to look after a run: one window has it at a time. */
export interface Claim {
  release(): Promise<void>;
}

/** Undefined where another process has the claim that is alive, or of another machine. */
export async function claimRun(storage: string, record: string): Promise<Claim | undefined> {
  await mkdir(storage, { recursive: true });
  const file = `${fileOf(storage, record)}.claim`;
  const own = `${file}.${randomUUID()}`;
  const holder = `${processMark()}\n${own}`;
  await writeFile(own, holder);
  try {
    // A link is made or not made at once, with its content.
    if (await linkTo(own, file)) return claimOf(file, holder);
    const before = await readFile(file, 'utf8').catch(() => '');
    if (isHeld(before)) return undefined;
    // Moved away, so that only one takes it; what was moved may be a new one that came meanwhile.
    const taken = `${own}.taken`;
    const isTaken = await rename(file, taken).then(
      () => true,
      () => false,
    );
    if (!isTaken) return undefined;
    const content = await readFile(taken, 'utf8').catch(() => '');
    if (content !== before) await linkTo(taken, file);
    await rm(taken, { force: true });
    return content === before && (await linkTo(own, file)) ? claimOf(file, holder) : undefined;
  } finally {
    await rm(own, { force: true });
  }
}

/** Whether some process has the claim to a run. */
export async function isClaimed(storage: string, record: string): Promise<boolean> {
  return isHeld(await readFile(`${fileOf(storage, record)}.claim`, 'utf8').catch(() => ''));
}

function claimOf(file: string, holder: string): Claim {
  return {
    release: async () => {
      if ((await readFile(file, 'utf8').catch(() => '')) === holder) await rm(file, { force: true });
    },
  };
}

async function linkTo(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Of another machine that shares the folder nothing can be told. */
function isHeld(holder: string): boolean {
  const [mark = ''] = holder.split('\n');
  return lifeOf(mark) !== 'dead';
}

function fileOf(storage: string, record: string): string {
  return join(storage, `${createHash('sha256').update(record).digest('hex').slice(0, 32)}.json`);
}
