import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { lifeOf, processMark } from './process-mark.js';

/** In a folder of our own: which process fills it. */
export const markFile = 'made-by';

const note = v.pipe(v.string(), v.parseJson(), v.object({ folder: v.string(), mark: v.string() }));

/**
 * Notes that this process fills a folder which nobody wants if the process dies. Its name has `.partial-` in it: nothing else is
 * ever removed.
 *
 * @param notes absolute path of the folder that keeps the notes
 */
export async function noteUnfinished(notes: string, folder: string): Promise<{ forget: () => Promise<void> }> {
  await mkdir(notes, { recursive: true });
  const file = join(notes, `${randomUUID()}.json`);
  await writeFile(file, JSON.stringify({ folder, mark: processMark() }));
  return { forget: () => rm(file, { force: true }) };
}

/** Removes the folders whose processes have died; resolves to their paths. */
export async function removeAbandoned(notes: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await namesIn(notes)) {
    const file = join(notes, name);
    const parsed = v.safeParse(note, await readFile(file, 'utf8').catch(() => ''));
    if (parsed.success && lifeOf(parsed.output.mark) !== 'dead') continue;
    if (parsed.success && isOurs(parsed.output.folder)) {
      await rm(parsed.output.folder, { recursive: true, force: true });
      removed.push(parsed.output.folder);
    }
    await rm(file, { force: true });
  }
  return removed;
}

/** Removes the folders in `parent` whose names begin so, and whose `made-by` names a process that has died. */
export async function removeMarked(parent: string, prefix: string): Promise<void> {
  for (const name of (await namesIn(parent)).filter((each) => each.startsWith(prefix))) {
    const mark = await readFile(join(parent, name, markFile), 'utf8').catch(() => undefined);
    if (mark !== undefined && lifeOf(mark) === 'dead') await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isOurs(folder: string): boolean {
  return isAbsolute(folder) && /^\..*\.partial-[A-Za-z0-9]{6}$/.test(basename(folder));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
