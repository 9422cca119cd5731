import { spawnSync } from 'node:child_process';
import { type Counts } from './counts.js';
import { type Log } from './machine/commands.js';

const checks: { name: string; command: string[] }[] = [
  { name: 'types', command: ['tsc', '--noEmit', '--project', '.'] },
  { name: 'lint', command: ['eslint', '.'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'floors', command: ['depcruise', 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'manifest', command: ['tsx', 'scripts/manifest.ts', '--check'] },
];

/** Runs every check of the code itself, each counted as one test. */
export function runChecks(log: Log): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, command } of checks) {
    const started = Date.now();
    const [tool = '', ...rest] = command;
    const { status } = spawnSync(process.execPath, ['node_modules/.bin/' + tool, ...rest], { stdio: 'inherit' });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    if (status === 0) {
      counts.passed++;
      log(`✔ ${name} (${seconds} s)`);
    } else {
      counts.failed++;
      log(`✘ ${name} (${seconds} s): see the lines above`);
    }
  }
  return counts;
}
