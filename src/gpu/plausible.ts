import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDockerfile } from '../dockerfile/instructions.js';
import { readDependencies } from '../project/dependencies.js';
import { needOfProject } from './need-of-project.js';
import { machineFiles } from './this-machine.js';

/** Whether a project needs a GPU, or this machine has one: without asking any engine. */
export async function isGpuWorthAsking(folders: readonly string[]): Promise<boolean> {
  const { procVersion, hasNvidiaDevice, hasAmdDevice } = await machineFiles();
  if (procVersion !== undefined || hasNvidiaDevice || hasAmdDevice) return true;
  for (const folder of folders) {
    const text = await readFile(join(folder, 'Dockerfile'), 'utf8').catch(() => undefined);
    const need = needOfProject({
      dockerfile: text === undefined ? undefined : parseDockerfile(text),
      files: await readDependencies(folder),
      base: undefined,
    });
    if (need.kind === 'cuda' || need.kind === 'rocm') return true;
  }
  return false;
}
