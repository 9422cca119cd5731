import { randomBytes } from 'node:crypto';
import { Failure } from '../../host/failure.js';
import { bytesOfName, nameOfBytes } from '../file-names.js';

/** The parts of an absolute path, without empty ones and `.`. Rejects `invalid-argument` for a path that can be none. */
export function partsOf(path: string): string[] {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new Failure('invalid-argument', `“${path}” is no absolute path.`, 'Give a path that begins with “/”.');
  }
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

export function pathOf(parts: readonly string[]): string {
  return `/${parts.join('/')}`;
}

export function below(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** The folder of a path, and its name in it. Rejects `invalid-argument` for the root. */
export function splitPath(path: string): { folder: string; name: string } {
  const parts = partsOf(path);
  const name = parts.pop();
  if (name === undefined) {
    throw new Failure('invalid-argument', 'That cannot be done with the root.', 'Choose something in it.');
  }
  return { folder: pathOf(parts), name };
}

/** A path in a query: byte for byte, whatever the bytes are. */
export function percentEncoded(path: string): string {
  return escaped(path, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
}

/** A path as an argument for `printf %b`, as POSIX has it: the argument itself has to be UTF-8. */
export function octalEscaped(path: string): string {
  return escaped(path, (byte) => `\\0${byte.toString(8).padStart(3, '0')}`);
}

function escaped(path: string, escape: (byte: number) => string): string {
  return bytesOfName(path)
    .toString('latin1')
    .replace(/[^A-Za-z0-9/._-]/g, (character) => escape(character.charCodeAt(0)));
}

/** Bytes that a file system has room for in a name. */
const longestName = 255;

/** A hidden name beside a name, for what is not whole yet. */
export function partialName(name: string, unique: string): string {
  const end = `.partial-${unique}`;
  const room = longestName - 1 - end.length;
  const bytes = bytesOfName(name);
  // Cut in the middle of a character, the name keeps the bytes that are left of it.
  return `.${bytes.length <= room ? name : nameOfBytes(bytes.subarray(0, room))}${end}`;
}

/** Tells partial names apart. */
export function uniqueSuffix(): string {
  return randomBytes(3).toString('hex');
}
