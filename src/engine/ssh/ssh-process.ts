import { type ChildProcess } from 'node:child_process';
import { asFailure, errorCode, type Failure } from '../../host/failure.js';
import { sshFailure, sshNotInstalled } from './ssh-failure.js';

const mostWords = 4000;
/** What ssh says about a connection that it closed comes on another way than the closing. */
const wordsMilliseconds = 2000;

/** What an ssh says on its standard error, and its end. */
export interface Words {
  /** Settles when that ssh is no more. */
  ended: Promise<void>;
  /** All words, once some match or nothing more comes. */
  about(pattern: RegExp): Promise<string>;
  /** Why it ended. */
  failure(host: string): Failure;
}

/** Listens to an ssh whose standard error is a pipe. */
export function listen(child: ChildProcess): Words {
  let said = '';
  let problem: Error | undefined;
  const listeners = new Set<() => void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostWords);
    for (const listener of listeners) listener();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      problem = error;
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
  return {
    ended,
    about: (pattern) =>
      new Promise((resolve) => {
        const finish = (): void => {
          listeners.delete(look);
          clearTimeout(timer);
          resolve(said);
        };
        const look = (): void => {
          if (pattern.test(said)) finish();
        };
        const timer = setTimeout(finish, wordsMilliseconds);
        listeners.add(look);
        void ended.then(finish);
        look();
      }),
    failure: (host) => {
      if (problem === undefined) return sshFailure(said, host);
      return errorCode(problem) === 'ENOENT' ? sshNotInstalled(problem) : asFailure(problem, 'Starting ssh');
    },
  };
}
