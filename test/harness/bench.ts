import { type Log } from './machine/commands.js';

export function runBench(args: readonly string[], { log }: { log: Log; signal: AbortSignal }): Promise<void> {
  log(args.join());
  return Promise.resolve();
}
