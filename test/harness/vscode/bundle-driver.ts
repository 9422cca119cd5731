import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { runCommand } from '../machine/commands.js';

const SOURCE = resolve(__dirname, '../../driver');

// Mocha loads itself through import.meta.url, which CommonJS has not.
const MODULE_URL = 'bundledModuleUrl';

const OPTIONS: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Native binaries are left out: the packages that come with some do without them where they find none.
  external: ['vscode', '*.node'],
  sourcemap: 'inline',
  define: { 'import.meta.url': MODULE_URL },
  banner: { js: `const ${MODULE_URL} = require('node:url').pathToFileURL(__filename).href;` },
  logLevel: 'warning',
  // Mocha names the files of its parallel mode so; that mode is not used here.
  logOverride: { 'require-resolve-not-external': 'silent' },
};

/** The driver extension, ready to be loaded by VS Code. */
export interface BundledDriver {
  /** The extension's folder. */
  folder: string;
  /** The module that runs mocha on a job's files. */
  mochaRunner: string;
  /** The bundled test files, in the order of their sources. */
  testFiles: string[];
}

/**
 * Bundles the driver extension and the given test files, each with all that it imports, into a folder outside the
 * checkout that every user of the machine may read.
 */
export async function bundleDriver(outFolder: string, testFiles: readonly string[] = []): Promise<BundledDriver> {
  await mkdir(outFolder, { recursive: true });
  await build({
    ...OPTIONS,
    entryPoints: [join(SOURCE, 'run.ts'), join(SOURCE, 'mocha-runner.ts')],
    outdir: outFolder,
  });
  const tests = join(outFolder, 'tests');
  await build({ ...OPTIONS, entryPoints: [...testFiles], outdir: tests, entryNames: '[name]' });
  await copyFile(join(SOURCE, 'package.json'), join(outFolder, 'package.json'));
  await runCommand(['chmod', '--recursive', 'a+rX', outFolder]);
  return {
    folder: outFolder,
    mochaRunner: join(outFolder, 'mocha-runner.js'),
    testFiles: testFiles.map((file) => join(tests, `${basename(file, '.ts')}.js`)),
  };
}
