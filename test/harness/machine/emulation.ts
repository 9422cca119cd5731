import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireRoot, runCommand, type Log } from './commands.js';
import { withLock } from './lock.js';
import { ensurePackages } from './packages.js';

const HANDLERS = '/proc/sys/fs/binfmt_misc';
const EMULATORS = { arm64: 'qemu-aarch64' } as const;

/** A platform's architecture, as images name it, that this machine can be made to emulate. */
export type Emulated = keyof typeof EMULATORS;

/**
 * Makes the machine's kernel run programs of that architecture, in containers too. Answers whether it did already.
 *
 * @throws Error when the emulator can neither be found nor installed, or this process is not root.
 */
export async function ensureEmulation(
  architecture: Emulated,
  log: Log,
  options: { signal?: AbortSignal } = {},
): Promise<boolean> {
  const emulator = EMULATORS[architecture];
  if (existsSync(join(HANDLERS, emulator))) return true;
  requireRoot(`Emulating ${architecture}`);
  await ensurePackages(['qemu-user-static'], log, options);
  return withLock('emulation', async () => {
    if (!existsSync(join(HANDLERS, 'register'))) {
      await runCommand(['mount', '-t', 'binfmt_misc', 'binfmt_misc', HANDLERS]);
    }
    // The package registers its emulators itself where the machine has a service for that.
    if (existsSync(join(HANDLERS, emulator))) return false;
    await writeFile(join(HANDLERS, 'register'), await registration(emulator));
    log(`Programs for ${architecture} run under emulation from now on.`);
    return false;
  });
}

/** Ends what `ensureEmulation` began. Answers whether there was anything to end. */
export async function removeEmulation(architecture: Emulated): Promise<boolean> {
  const handler = join(HANDLERS, EMULATORS[architecture]);
  if (!existsSync(handler)) return false;
  requireRoot(`Ending the emulation of ${architecture}`);
  await writeFile(handler, '-1');
  return true;
}

// With the flag F the kernel opens the emulator at once, so that containers need not have it at its path.
async function registration(emulator: string): Promise<string> {
  const line = (await readFile(`/usr/lib/binfmt.d/${emulator}.conf`, 'latin1')).trim();
  const end = line.lastIndexOf(':');
  const flags = line.slice(end + 1);
  return flags.includes('F') ? line : `${line.slice(0, end + 1)}${flags}F`;
}
