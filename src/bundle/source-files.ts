import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type BuildRecord } from '../build/record.js';
import { unreadable } from '../engine/buildkit/file-sync/file-sync.js';
import { walk } from '../engine/buildkit/file-sync/walk.js';
import { contextFilter } from '../engine/context-tar.js';
import { asFailure, cancelled } from '../host/failure.js';
import { gitDifference, gitState, type GitState } from '../project/git.js';
import { recordsFolder } from '../project/records-folder.js';
import { commitEntries, isSubmodule, listTree, runGit } from './commit-files.js';
import { isZipName, writeZip, type ZipEntry } from './write-zip.js';

const zipFile = 'source.zip';
const patchFile = 'uncommitted.patch';

interface SourcePlace {
  /** Absolute path of the project's folder. */
  project: string;
  record: BuildRecord | undefined;
  /** Absolute path of the build record. */
  recordFile: string | undefined;
}

interface WrittenSources {
  written: { name: string; what: string }[];
  /** What a reader would look for and is not there; `why` is a sentence. */
  missing: { name: string; why: string }[];
  /** The full id of the commit in source.zip. */
  commit: string | undefined;
  /** Sentences on what source.zip does not hold, and how to get it. */
  notes: string[];
  /** The names of the files in source.zip. */
  names: string[];
}

/**
 * Writes what the image was built from into a folder: `source.zip`, and `uncommitted.patch` where there is one. With git, these
 * are the files of the commit that the build record names, else of HEAD, byte for byte as git keeps them: without the
 * conversions and filters of a checkout, which differ from machine to machine. Without git, they are the files of the build
 * context. The records of this extension are left out.
 *
 * Rejects `file-unreadable`, `context-unreadable`, `disk-full`, `cancelled`.
 */
export async function writeSources(place: SourcePlace, folder: string, signal: AbortSignal): Promise<WrittenSources> {
  const sources: WrittenSources = { written: [], missing: [], commit: undefined, notes: [], names: [] };
  try {
    const head = await gitState(place.project, signal);
    if (head.kind === 'none' || !(await writeCommit(place, head, folder, sources, signal))) {
      await writeContext(place, folder, sources, signal);
    }
    return sources;
  } catch (error) {
    const what = 'Collecting the sources';
    throw signal.aborted ? cancelled(what) : asFailure(error, what);
  }
}

type Head = GitState & { kind: 'commit' };

/** False where the commit has no file of the project's folder. */
async function writeCommit(
  place: SourcePlace,
  head: Head,
  folder: string,
  sources: WrittenSources,
  signal: AbortSignal,
): Promise<boolean> {
  const { project, record } = place;
  const built = await builtCommit(place, signal);
  const commit = built?.commit ?? head.commit;
  const tree = await listTree(project, commit, signal);
  if (tree.length === 0) return false;

  const whole = head.remote === undefined ? 'a clone of the repository' : `a clone of ${head.remote}`;
  if (built === undefined) sources.notes.push(whyHead(record, commit));
  if (record?.context.path.split('/')[0] === '..' || isAbsolute(record?.context.path ?? '')) {
    sources.notes.push(`The build context is not in the project’s folder: get the rest of it from ${whole}.`);
  }
  const pointers: string[] = [];
  const entries = commitEntries(project, tree, (path) => pointers.push(path), signal);
  await writeZip(join(folder, zipFile), entries, signal);
  for (const { path, object } of tree.filter(isSubmodule)) {
    sources.notes.push(
      `The submodule ${path} is not in ${zipFile}: get its commit ${object} with “git submodule update --init” in ${whole}.`,
    );
  }
  if (pointers.length > 0) {
    sources.notes.push(
      `Git LFS keeps the content of ${listed(pointers)}, of which ${zipFile} has only the pointers: get it with “git lfs pull” in ${whole}.`,
    );
  }
  noteBadNames(
    tree.map(({ path }) => path),
    sources,
  );
  sources.written.push({ name: zipFile, what: `the files of commit ${commit}` });
  sources.commit = commit;
  sources.names.push(...tree.map(({ path }) => path));
  await (built === undefined
    ? writeDifference(project, head, folder, sources, signal)
    : writeRecordedPatch(place, built, folder, sources));
  if (sources.written.some(({ name }) => name === patchFile)) await notePatchLevel(project, sources, signal);
  return true;
}

type RecordedGit = NonNullable<BuildRecord['git']>;

/** What the record says of git, where the repository has the commit that it names. */
async function builtCommit({ project, record }: SourcePlace, signal: AbortSignal): Promise<RecordedGit | undefined> {
  // A record is a file that anybody may have written: only a commit id gets to git.
  if (record?.git === undefined || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(record.git.commit)) return undefined;
  try {
    await runGit(project, ['cat-file', '-e', `${record.git.commit}^{commit}`], signal);
    return record.git;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

function whyHead(record: BuildRecord | undefined, head: string): string {
  const has = `${zipFile} has the commit that the project was at when the bundle was exported, ${head}`;
  if (record === undefined) return `No build record says what the image was built from: ${has}.`;
  return record.git === undefined
    ? `The build record names no commit: ${has}.`
    : `The repository does not have the commit that the image was built from, ${record.git.commit}: ${has}.`;
}

/** The difference that the build kept. The one of today says nothing of the image. */
async function writeRecordedPatch(
  { recordFile }: SourcePlace,
  { patch, dirty, untracked }: RecordedGit,
  folder: string,
  sources: WrittenSources,
): Promise<void> {
  noteUntracked(untracked, sources);
  if (patch === undefined) {
    if (dirty && untracked.length === 0) {
      sources.missing.push({ name: patchFile, why: 'The build record does not keep the uncommitted changes.' });
    }
    return;
  }
  const bytes =
    recordFile === undefined || basename(patch.file) !== patch.file
      ? undefined
      : await readFile(join(dirname(recordFile), patch.file)).catch(() => undefined);
  if (bytes === undefined) {
    sources.missing.push({ name: patchFile, why: 'The patch that the build record names cannot be read.' });
  } else if (createHash('sha256').update(bytes).digest('hex') !== patch.sha256) {
    sources.missing.push({ name: patchFile, why: 'The patch beside the build record has changed since the build.' });
  } else if (bytes.length > 0) {
    await writeFile(join(folder, patchFile), bytes);
    sources.written.push({ name: patchFile, what: 'the changes that were not committed when the image was built' });
  }
}

async function writeDifference(
  project: string,
  { dirty }: Head,
  folder: string,
  sources: WrittenSources,
  signal: AbortSignal,
): Promise<void> {
  if (!dirty) return;
  try {
    const { patch, untracked } = await gitDifference(project, signal);
    noteUntracked(untracked, sources);
    if (patch.length === 0) return;
    await writeFile(join(folder, patchFile), patch);
    sources.written.push({ name: patchFile, what: 'the changes that were not committed when the bundle was exported' });
  } catch (error) {
    if (signal.aborted || !(error instanceof RangeError)) throw error;
    sources.missing.push({ name: patchFile, why: 'The uncommitted changes are too many to be kept as a patch.' });
  }
}

/** In a patch of git's, paths begin at the root of the repository, which source.zip may not have. */
async function notePatchLevel(project: string, sources: WrittenSources, signal: AbortSignal): Promise<void> {
  const prefix = (await runGit(project, ['rev-parse', '--show-prefix'], signal)).replace(/\n$/, '');
  if (prefix === '') return;
  const level = prefix.split('/').length;
  sources.notes.push(
    `The paths in ${patchFile} begin at the root of the repository: apply it to ${zipFile} with “git apply -p${level}”.`,
  );
}

async function writeContext(
  { project, record }: SourcePlace,
  folder: string,
  sources: WrittenSources,
  signal: AbortSignal,
): Promise<void> {
  if (record === undefined) {
    const why = 'Git has no commit of the project, and no build record says what the image was built from.';
    sources.missing.push({ name: zipFile, why });
    return;
  }
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(project, path));
  const root = absolute(record.context.path);
  const found = await contextEntries(root, absolute(record.dockerfile.path), signal);
  const entries = found.filter(({ name }) => isZipName(name));
  if (entries.length === 0) {
    const why = 'Git has no commit of the project, and its build context has no files any more.';
    sources.missing.push({ name: zipFile, why });
    return;
  }
  await writeZip(join(folder, zipFile), entries, signal);
  sources.names.push(...entries.map(({ name }) => name));
  sources.written.push({ name: zipFile, what: 'the files of the build context' });
  sources.notes.push(
    `Git has no commit of the project: ${zipFile} has the files of the build context as they were when the bundle was exported.`,
  );
  noteBadNames(
    found.map(({ name }) => name),
    sources,
  );
}

/** What .dockerignore leaves of a context, without what git or this extension keep in it. */
async function contextEntries(root: string, dockerfile: string, signal: AbortSignal): Promise<ZipEntry[]> {
  const filter = await contextFilter({ path: root, unseen: recordsFolder }, dockerfile);
  const entries: ZipEntry[] = [];
  try {
    for await (const group of walk(root, filter)) {
      signal.throwIfAborted();
      for (const { path, stats, link } of group) {
        if (path.split('/').includes('.git')) continue;
        if (stats.isSymbolicLink()) entries.push({ name: path, source: { kind: 'link', target: link } });
        else if (stats.isFile()) entries.push({ name: path, source: { kind: 'file', path: join(root, path) } });
      }
    }
  } catch (error) {
    throw signal.aborted ? error : unreadable(root, error);
  }
  return entries;
}

function noteUntracked(names: readonly string[], sources: WrittenSources): void {
  if (names.length === 0) return;
  sources.notes.push(`New files that are not committed are not in ${zipFile}: ${listed(names)}.`);
}

function noteBadNames(paths: readonly string[], sources: WrittenSources): void {
  const bad = paths.filter((path) => !isZipName(path));
  if (bad.length === 0) return;
  sources.notes.push(`${zipFile} leaves out what has a name that not every system can have: ${listed(bad)}.`);
}

const shownNames = 10;

function listed(names: readonly string[]): string {
  const more = names.length - shownNames;
  const shown = names.slice(0, shownNames).map((name) => `“${name}”`);
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
