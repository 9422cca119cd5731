import { readFile } from 'node:fs/promises';

/** A process of this machine. With `startTime` another process that later got the same pid is told from it. */
export interface ProcessIdentity {
  pid: number;
  /** When the process began, in clock ticks since the machine was started, as Linux's /proc tells it. */
  startTime?: string;
}

/** Whether the process is still there and more than a zombie. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (process.platform !== 'linux') return answersSignals(identity.pid);
  const stat = await readStat(identity.pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return false;
  return identity.startTime === undefined || identity.startTime === stat.startTime;
}

/**
 * The process with this pid, together with when it began.
 *
 * @throws Error when there is no such process.
 */
export async function identify(pid: number): Promise<Required<ProcessIdentity>> {
  const stat = await readStat(pid);
  if (stat === undefined) throw new Error(`There is no process ${pid}.`);
  return { pid, startTime: stat.startTime };
}

/** Sends the signal if the process is still the one that is meant; answers whether it was. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(identity))) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readStat(pid: number): Promise<{ state: string; startTime: string } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const startTime = fields?.[19];
  return state !== undefined && startTime !== undefined ? { state, startTime } : undefined;
}
