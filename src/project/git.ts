import { execFile, type ExecFileOptionsWithStringEncoding } from 'node:child_process';
import { promisify } from 'node:util';
import { errorCode } from '../host/failure.js';

const run = promisify(execFile);

/** What git knows of a folder. */
export type GitState =
  | { kind: 'none' }
  | {
      kind: 'commit';
      /** The full commit id. */
      commit: string;
      /** Whether tracked or new files differ from the commit; records of this extension do not count. */
      dirty: boolean;
      /** Seconds since 1970 of the commit. */
      time: number;
      /** Where the repository can be found by others, without credentials; undefined where it has no remote. */
      remote: string | undefined;
    };

const exceptRecords = ['--', '.', ':(exclude,glob)**/.research-containers/**'];
/** More than this is no difference that anybody reads. */
const largestDifference = 32 * 1024 * 1024;

/** Reads the commit that a folder is at; `none` without git, outside of a repository or before the first commit. */
export async function gitState(folder: string, signal?: AbortSignal): Promise<GitState> {
  const options = optionsIn(folder, signal);
  try {
    const [log, status, remote] = await Promise.all([
      run('git', ['log', '-1', '--format=%H %ct'], options),
      run('git', ['status', '--porcelain', '--untracked-files=normal', ...exceptRecords], options),
      run('git', ['remote', 'get-url', 'origin'], options).catch(() => ({ stdout: '' })),
    ]);
    const [commit, time] = log.stdout.trim().split(' ');
    if (commit === undefined || time === undefined) return { kind: 'none' };
    const dirty = status.stdout.trim() !== '';
    return { kind: 'commit', commit, dirty, time: Number(time), remote: publicUrl(remote.stdout.trim()) };
  } catch (error) {
    if (errorCode(error) === 'ABORT_ERR') throw error;
    return { kind: 'none' };
  }
}

/**
 * How a folder's tracked files differ from its commit, as `git apply` takes it; and the names of files that git does not
 * know, relative to the folder.
 */
export async function gitDifference(
  folder: string,
  signal?: AbortSignal,
): Promise<{ patch: Buffer; untracked: string[] }> {
  const options = { ...optionsIn(folder, signal), maxBuffer: largestDifference };
  const [patch, untracked] = await Promise.all([
    // The lines of a patch are in whatever encoding their files are in.
    run('git', ['diff', '--no-ext-diff', '--no-color', '--binary', 'HEAD', ...exceptRecords], {
      ...options,
      encoding: 'buffer',
    }),
    run('git', ['ls-files', '--others', '--exclude-standard', '-z', ...exceptRecords], options),
  ]);
  return { patch: patch.stdout, untracked: untracked.stdout.split('\0').filter((name) => name !== '') };
}

/** Never the user's own pagers, hooks or locks: this only looks. */
function optionsIn(folder: string, signal: AbortSignal | undefined): ExecFileOptionsWithStringEncoding {
  return {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  };
}

/** A remote as a web address; undefined for a path of this machine. `git@host:group/name.git` is read as https. */
export function publicUrl(remote: string): string | undefined {
  const [, host, path] = /^(?:[^@/:]+@)?([^/:]+\.[^/:]+):(?!\/\/)\/?(.+)$/.exec(remote) ?? [];
  const text = host === undefined || path === undefined ? remote : `https://${host}/${path}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['http:', 'https:', 'ssh:', 'git:'].includes(url.protocol)) return undefined;
  const port = url.protocol.startsWith('http') && url.port !== '' ? `:${url.port}` : '';
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  return `${scheme}://${url.hostname}${port}${url.pathname.replace(/\.git\/?$/, '')}`;
}
