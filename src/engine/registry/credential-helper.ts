import { spawn } from 'node:child_process';
import * as v from 'valibot';
import { cancelled, errorCode } from '../../host/failure.js';
import { parseJson } from '../json.js';
import { type OnCredentialsProblem, type RegistryCredentials } from './credentials.js';
import { serverKey } from './registry-host.js';

const helperAnswer = v.object({
  ServerURL: v.optional(v.string(), ''),
  Username: v.string(),
  Secret: v.string(),
});

/** How a helper says that the Secret is an identity token. */
const tokenUser = '<token>';
const mostBytes = 1024 * 1024;

interface Asking {
  environment: NodeJS.ProcessEnv;
  /** How long the helper is waited for. */
  milliseconds: number;
  onProblem: OnCredentialsProblem;
  signal: AbortSignal;
}

/**
 * Asks `docker-credential-<name> get`, as https://github.com/docker/docker-credential-helpers defines it: the key on
 * its standard input, and JSON on its output. Undefined where it has no credentials, and with a problem where it cannot
 * be asked. Rejects `cancelled`; the helper has ended then.
 */
export async function askCredentialHelper(
  name: string,
  key: string,
  asking: Asking,
): Promise<RegistryCredentials | undefined> {
  const { onProblem, signal } = asking;
  // A name with a slash would be another program than one on the PATH.
  if (!/^\w[\w.-]*$/.test(name)) {
    onProblem('The name of a credential helper in docker’s config.json is not valid.');
    return undefined;
  }
  const program = `docker-credential-${name}`;
  const end = await run(program, key, asking);
  switch (end.kind) {
    case 'cancelled':
      throw cancelled('Asking the credential helper');
    case 'problem':
      onProblem(end.problem);
      return undefined;
    case 'ended':
      break;
  }
  if (signal.aborted) throw cancelled('Asking the credential helper');
  if (end.status !== 0) {
    if (end.words.includes('credentials not found')) return undefined;
    // Its words stay untold: nobody knows what is in them.
    onProblem(`${program} ended with status ${end.status}. “${program} list” in a terminal may say why.`);
    return undefined;
  }
  const answer = parseJson(helperAnswer, end.words);
  if (answer === undefined) {
    onProblem(`${program} gave an answer that is not understood.`);
    return undefined;
  }
  if (answer.ServerURL !== '' && serverKey(answer.ServerURL) !== serverKey(key)) {
    onProblem(`${program} answered for another registry than ${key}: its answer is not used.`);
    return undefined;
  }
  if (answer.Secret === '') return undefined;
  return answer.Username === tokenUser
    ? { kind: 'identity-token', token: answer.Secret }
    : { kind: 'password', username: answer.Username, password: answer.Secret };
}

type End =
  | { kind: 'ended'; status: number | string; words: string }
  | { kind: 'problem'; problem: string }
  | { kind: 'cancelled' };

function run(program: string, key: string, { environment, milliseconds, signal }: Asking): Promise<End> {
  if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
  const hasGroups = process.platform !== 'win32';
  return new Promise((resolve) => {
    // In a group of its own, so that what it has started ends with it.
    const child = spawn(program, ['get'], {
      env: environment,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      detached: hasGroups,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (end: End): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(end);
    };
    const kill = (): void => {
      child.stdout.destroy();
      child.stdin.destroy();
      try {
        if (child.pid !== undefined) process.kill(hasGroups ? -child.pid : child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const stop = (end: End): void => {
      kill();
      finish(end);
    };
    const abort = (): void => {
      stop({ kind: 'cancelled' });
    };
    const timer = setTimeout(() => {
      stop({ kind: 'problem', problem: `${program} did not answer within ${Math.round(milliseconds / 1000)} s.` });
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
    child.once('error', (error) => {
      const missing = errorCode(error) === 'ENOENT';
      const problem = missing
        ? `${program}, which docker’s config.json names, is not installed or not on the PATH.`
        : `${program} cannot be started (${errorCode(error) ?? 'unknown error'}).`;
      finish({ kind: 'problem', problem });
    });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) chunks.push(chunk);
      else stop({ kind: 'problem', problem: `${program} said more than a credential helper does.` });
    });
    child.stdout.once('error', () => undefined);
    child.once('close', (status, killedBy) => {
      finish({ kind: 'ended', status: status ?? killedBy ?? 'unknown', words: Buffer.concat(chunks).toString('utf8') });
    });
    // A helper may end without having read what it is asked.
    child.stdin.on('error', () => undefined);
    child.stdin.end(key);
  });
}
