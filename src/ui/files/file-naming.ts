import { type Entry } from '../../engine/inside/place.js';

/** What of a folder would be replaced by things with these names. */
export function replacedBy(names: readonly string[], entries: readonly Entry[]): Entry[] {
  const coming = new Set(names);
  return entries.filter(({ name }) => coming.has(name));
}

/** What is wrong with a name for something new in a folder with these entries; undefined where it may have it. */
export function problemOfName(name: string, entries: readonly Pick<Entry, 'name'>[]): string | undefined {
  if (name === '') return 'Give it a name.';
  if (name === '.' || name === '..') return `“${name}” means a folder already.`;
  if (name.includes('/')) return 'A name has no “/”.';
  if (name.includes('\0')) return 'A name has no zero character.';
  if (Buffer.byteLength(name, 'utf8') > 255) return 'A name has at most 255 bytes.';
  return entries.some((entry) => entry.name === name) ? `There is “${name}” already.` : undefined;
}

/**
 * A name on this machine for something that is called so inside, as near to it as the machine's file system allows: other characters
 * for those that Windows has for itself, and a number behind the stem where the name is taken.
 */
export function freeName(
  name: string,
  isTaken: (name: string) => boolean,
  platform: NodeJS.Platform = process.platform,
): string {
  const allowed =
    platform === 'win32'
      ? name
          .replace(/[\p{Cc}<>:"/\\|?*]/gu, '_')
          .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
          .replace(/^(?=(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))/i, '_')
      : name;
  const wanted = allowed === '' || allowed === '.' || allowed === '..' ? 'files' : allowed;
  const dot = wanted.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  let free = wanted;
  for (let number = 2; isTaken(free); number++) free = `${stem} ${number}${extension}`;
  return free;
}
