import { runBench } from './bench.js';
import { runChecks } from './check.js';
import { formatCounts } from './counts.js';
import { engineCommand } from './engines/cli.js';
import { openVsCode } from './open-vscode.js';
import { start } from './start.js';
import { runTests } from './suites.js';

const usage = `Usage:
  npm start [-- --once] [-- --json]            the main job on examples/estimate-pi, then VS Code
  npm test [-- SUITE …] [-- --engine-host H]   suites: check unit engine host ui (all when none is named), large
  npm run check                                types, lint, format, floors, unused code, manifest
  npm run bench -- NAME                        a benchmark: start, explorer, build
  npm run harness -- engine start|stop|reset NAME|all, engine status,
                     registry start|stop NAME, emulation on|off, vscode [1.139|1.103]
`;

/** What is happening, for a person: on standard error, for standard output carries results. */
function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main([command = '', ...args]: string[], signal: AbortSignal): Promise<void> {
  switch (command) {
    case 'start':
      await start(args, { log, signal });
      return;
    case 'test': {
      const counts = await runTests(args, { log, signal });
      process.stdout.write(`${formatCounts(counts)}\n`);
      if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
      return;
    }
    case 'check': {
      const counts = runChecks(log);
      process.stdout.write(`${formatCounts(counts)}\n`);
      if (counts.failed > 0) process.exitCode = 1;
      return;
    }
    case 'bench':
      await runBench(args, { log, signal });
      return;
    case 'engine':
    case 'registry':
    case 'emulation':
      await engineCommand([command, ...args], log);
      return;
    case 'vscode':
      await openVsCode(args, { log, signal });
      return;
    default:
      process.stderr.write(usage);
      process.exitCode = 2;
  }
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    interrupted.abort();
  });
}
main(process.argv.slice(2), interrupted.signal).catch((error: unknown) => {
  if (interrupted.signal.aborted) return;
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
