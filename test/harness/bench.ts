import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Log } from './machine/commands.js';
import { packageExtension } from './package-extension.js';
import { type Case, median } from './bench-case.js';
import { benchBuild } from './bench-build.js';
import { benchDetect } from './bench-detect.js';
import { benchRun } from './bench-run.js';
import { benchExport } from './bench-export.js';
import { benchExplorer } from './bench-explorer.js';
import { benchFiles } from './bench-files.js';
import { measureActivation } from './bench-activation.js';

interface Options {
  log: Log;
  signal: AbortSignal;
}

const benches: Record<string, (options: Options) => Promise<Case[]>> = {
  start: benchStart,
  explorer: benchExplorer,
  build: benchBuild,
  run: benchRun,
  export: benchExport,
  files: benchFiles,
  detect: benchDetect,
};

/** Runs a benchmark and prints one JSON line for each of its cases. Whatever the figures, this is no failure. */
export async function runBench([name = '']: readonly string[], options: Options): Promise<void> {
  const bench = benches[name];
  if (bench === undefined)
    throw new Error(`There is no benchmark “${name}”: choose of ${Object.keys(benches).join(', ')}.`);
  for (const result of await bench(options)) {
    const ratio = result.peer === undefined ? {} : { ratio: Math.round((result.ours / result.peer) * 1000) / 1000 };
    process.stdout.write(`${JSON.stringify({ ...result, ...ratio })}\n`);
  }
}

/** What the extension costs a VS Code that starts: the time of its activation, and the size of what is read for it. */
async function benchStart(options: Options): Promise<Case[]> {
  const vsix = await packageExtension(options.log, options.signal);
  const milliseconds = await measureActivation(vsix, options);
  const size = await sizeWithImports('dist/extension.mjs', new Set());
  return [
    { bench: 'start', case: 'activation', ours: median(milliseconds), unit: 'ms', goal: 50, runs: milliseconds.length },
    { bench: 'start', case: 'bundle-kb', ours: Math.round(size / 100) / 10, unit: 'kB', goal: 600, runs: 1 },
  ];
}

/** Bytes of a module with all that it imports before it runs, each counted once. */
async function sizeWithImports(file: string, counted: Set<string>): Promise<number> {
  if (counted.has(file)) return 0;
  counted.add(file);
  const text = await readFile(file, 'utf8');
  let size = Buffer.byteLength(text);
  // The minifier writes no spaces: `import{a}from"./x"` and `import"./x"`, but `import("./x")` for what is read later.
  for (const [, path] of text.matchAll(/(?:\bfrom|\bimport)"(\.[^"]+)"/g)) {
    if (path !== undefined) size += await sizeWithImports(join(dirname(file), path), counted);
  }
  return size;
}
