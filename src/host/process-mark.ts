import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** Boots whose times differ by less are the same one: a clock may have been set meanwhile. In seconds. */
const sameBoot = 600;

/**
 * Names this process, so that whoever reads it later can tell whether it still runs: its number, since when it runs, and its
 * machine. A number alone is given to another process some day.
 */
export function processMark(): string {
  return `${process.pid} ${startOf(process.pid)} ${hostname()}`;
}

/** Whether the marked process runs; `elsewhere` for one of another machine, of which nothing can be told. */
export function lifeOf(mark: string): 'alive' | 'dead' | 'elsewhere' {
  const [number = '', start = '', ...host] = mark.split(' ');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0) return 'dead';
  if (host.join(' ') !== hostname()) return 'elsewhere';
  return exists(pid) && isSame(start, startOf(pid)) ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isSame(before: string, now: string): boolean {
  const [seconds, other] = [before, now].map((start) => /^boot:(\d+)$/.exec(start)?.[1]);
  if (seconds === undefined || other === undefined) return before === now;
  return Math.abs(Number(seconds) - Number(other)) < sameBoot;
}

/** Since when a process runs, in ticks of this boot, as proc(5) has it; else the second in which the machine was started. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may have spaces and parentheses in it.
    return `${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}@${boot}`;
  } catch {
    return `boot:${Math.round(Date.now() / 1000 - uptime())}`;
  }
}
