import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type MachineEvidence } from './find-host-gpu.js';

/** A driver that hangs is not waited for, in milliseconds. */
const smiWithin = 10_000;
const run = promisify(execFile);

/** What this machine shows of GPUs without being asked for long: only files. */
export async function machineFiles(): Promise<Omit<MachineEvidence, 'smi'>> {
  const [procVersion, nvidia, wsl, amd] = await Promise.all([
    readFile('/proc/driver/nvidia/version', 'utf8').catch(() => undefined),
    isThere('/dev/nvidiactl'),
    // WSL has its device on every machine, and this with NVIDIA's driver.
    isThere('/usr/lib/wsl/lib/libcuda.so.1'),
    isThere('/dev/kfd'),
  ]);
  return { procVersion, hasNvidiaDevice: nvidia || wsl, hasAmdDevice: amd };
}

/** The same with what `nvidia-smi` says, where it is there and answers. */
export async function machineEvidence(signal: AbortSignal): Promise<MachineEvidence> {
  const files = await machineFiles();
  if (!files.hasNvidiaDevice && files.procVersion === undefined) return { ...files, smi: undefined };
  return { ...files, smi: await smi(signal) };
}

async function smi(signal: AbortSignal): Promise<string | undefined> {
  // WSL has its own in a folder that need not be on the path.
  for (const program of ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']) {
    try {
      const { stdout } = await run(program, [], { signal, timeout: smiWithin });
      return stdout;
    } catch (error) {
      // What it says when it fails is worth as much.
      if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout !== '') {
        return error.stdout;
      }
    }
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
