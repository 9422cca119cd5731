import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runCommand, type Log } from './machine/commands.js';

const root = resolve(__dirname, '../..');

/** Builds and packages the extension; resolves to the .vsix. */
export async function packageExtension(log: Log, signal: AbortSignal): Promise<string> {
  log('Building and packaging the extension…');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runCommand([npm, 'run', '--silent', 'package'], { signal });
  const vsix = join(root, 'dist/research-containers.vsix');
  if (!existsSync(vsix)) throw new Error(`Packaging left no ${vsix}.`);
  return vsix;
}
