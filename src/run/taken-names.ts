import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Whether a file system takes names that differ in case only for the same. */
export function isCaseBlind(existing: string): boolean {
  const other = join(dirname(existing), swapCase(basename(existing)));
  const [here, there] = [existing, other].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  return here !== undefined && there?.ino === here.ino && there.dev === here.dev;
}

/** The paths that were written in one go: where case is no difference, the second of two would take the place of the first. */
export class TakenNames {
  private readonly names = new Map<string, string>();

  /** The path that has the name already; undefined where it is free, or the same path. */
  take(path: string): string | undefined {
    const key = path.normalize('NFC').toLowerCase();
    const taken = this.names.get(key);
    if (taken === undefined) this.names.set(key, path);
    return taken === path ? undefined : taken;
  }
}

function swapCase(name: string): string {
  return name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
}
