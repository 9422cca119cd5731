import { shellLine } from '../../host/shell-line.js';
import { type EntryPoint, type OutputFolder } from '../../project/project.js';

/** The programs that can be run, the one that counts now among them, and a shell; each once. */
export function commandChoices(
  entries: readonly EntryPoint[],
  current: readonly string[],
): { entry: Pick<EntryPoint, 'command' | 'port'>; because: string }[] {
  const found = entries.map((entry) => ({ entry, because: `${entry.file}: ${entry.because}` }));
  const isThere = found.some(({ entry }) => shellLine(entry.command) === shellLine(current));
  return uniqueBy(
    [
      ...(isThere || current.length === 0 ? [] : [{ entry: { command: current, port: undefined }, because: '' }]),
      ...found,
      { entry: { command: [], port: undefined }, because: 'for typing commands in the container' },
    ],
    ({ entry }) => shellLine(entry.command),
  );
}

/** Whether a command is a web application; one that is not known may be, where the project has one. */
export function servesWeb(entries: readonly EntryPoint[], command: readonly string[]): boolean {
  const known = entries.find((entry) => shellLine(entry.command) === shellLine(command));
  if (known !== undefined) return known.kind === 'web-app';
  return command.length > 0 && entries.some(({ kind }) => kind === 'web-app');
}

/** Folders that results may go to: those that the code writes to, the one that counts now, and the usual one. */
export function outputChoices(
  outputs: readonly OutputFolder[],
  current: string,
): { folder: string; because: string }[] {
  return uniqueBy(
    [
      ...outputs.map(({ folder, file, line }) => ({ folder, because: `written to in ${file}:${line}` })),
      { folder: current, because: '' },
      { folder: 'results', because: 'the usual one' },
    ],
    ({ folder }) => folder,
  );
}

const usualPlatforms = ['linux/amd64', 'linux/arm64'];

/**
 * The platforms to choose from. @param chosen those that were chosen before; undefined for the usual one and the engine's
 * @param own the engine's
 */
export function platformChoices(
  chosen: readonly string[] | undefined,
  own: string | undefined,
): { platform: string; about: string; isChosen: boolean }[] {
  const proposed = chosen ?? ['linux/amd64', ...(own === undefined ? [] : [own])];
  const offered = new Set([...usualPlatforms, ...(own === undefined ? [] : [own]), ...proposed]);
  return [...offered].map((platform) => ({
    platform,
    about: [about[platform] ?? '', platform === own ? 'this engine’s own' : '']
      .filter((text) => text !== '')
      .join(' · '),
    isChosen: proposed.includes(platform),
  }));
}

const about: Readonly<Record<string, string>> = {
  'linux/amd64': 'most computers and clusters',
  'linux/arm64': 'Macs with Apple silicon, and servers with Arm processors',
};

function uniqueBy<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = keyOf(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
