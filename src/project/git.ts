import { execFile } from 'node:child_process';
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
    };

/** Reads the commit that a folder is at; `none` without git, outside of a repository or before the first commit. */
export async function gitState(folder: string, signal?: AbortSignal): Promise<GitState> {
  // Never the user's own pagers, hooks or locks: this only looks.
  const options = {
    cwd: folder,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const log = await run('git', ['log', '-1', '--format=%H %ct'], options);
    const [commit, time] = log.stdout.trim().split(' ');
    if (commit === undefined || time === undefined) return { kind: 'none' };
    const status = await run(
      'git',
      ['status', '--porcelain', '--untracked-files=normal', '--', '.', ':(exclude,glob)**/.research-containers/**'],
      options,
    );
    return { kind: 'commit', commit, dirty: status.stdout.trim() !== '', time: Number(time) };
  } catch (error) {
    if (errorCode(error) === 'ABORT_ERR') throw error;
    return { kind: 'none' };
  }
}
