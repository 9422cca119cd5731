import { spawn } from 'node:child_process';

/** Takes one line of progress for a person to read. */
export type Log = (line: string) => void;

interface CommandOptions {
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  input?: string;
}

const KEPT_OUTPUT = 4000;

/**
 * Runs a program to its end and answers what it wrote to stdout.
 *
 * @throws Error when it cannot be started, is aborted, or ends with another status than 0; the message holds the tail
 * of what it wrote to stderr and stdout.
 */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: options.env ?? process.env, signal: options.signal });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that ends without reading its input breaks the pipe; its status tells more than the EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (status, killedBy) => {
      const written = Buffer.concat(stdout).toString();
      if (status === 0) {
        resolve(written);
        return;
      }
      const tail = `${written}${Buffer.concat(stderr).toString()}`.slice(-KEPT_OUTPUT).trim();
      reject(new Error(`${program} ended with ${killedBy ?? `status ${status ?? 'unknown'}`}: ${tail}`));
    });
  });
}

/** Whether the program runs and ends with status 0. A program that is not there counts as no. */
export async function succeeds(command: readonly string[]): Promise<boolean> {
  try {
    await runCommand(command);
    return true;
  } catch {
    return false;
  }
}

/** The error of a task that only root can do, or nothing when this process is root. */
export function requireRoot(task: string): void {
  if (process.getuid?.() !== 0) {
    throw new Error(`${task} needs root: run the harness as root, on a Linux machine.`);
  }
}
