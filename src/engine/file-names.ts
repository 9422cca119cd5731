import { isAscii, isUtf8 } from 'node:buffer';

/**
 * A byte that is no UTF-8 is kept as this character plus the byte: U+F780 to U+F7FF of the private use area. A name that has these
 * characters itself has their bytes kept in the same way, so that no two names of a folder become one.
 */
const firstKept = 0xf700;
const kept = /[\uf780-\uf7ff]/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A name as a text, whatever its bytes are: `bytesOfName` gives them back. */
export function nameOfBytes(bytes: Uint8Array): string {
  // As nearly all are, of which a tar may have a hundred thousand.
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (isUtf8(bytes)) {
    const text = strict.decode(bytes);
    if (!kept.test(text)) return text;
  }
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    if (character === undefined) name += String.fromCharCode(firstKept + (bytes[at] ?? 0));
    else name += character;
    at += character === undefined ? 1 : Buffer.byteLength(character);
  }
  return name;
}

/** The bytes of a name that `nameOfBytes` made, or that a person typed. */
export function bytesOfName(name: string): Buffer {
  if (!kept.test(name)) return Buffer.from(name);
  return Buffer.concat(
    name
      .split(/([\uf780-\uf7ff])/)
      .map((part) => (kept.test(part) ? Buffer.of(part.charCodeAt(0) - firstKept) : Buffer.from(part))),
  );
}

/** Whether it has bytes that are no UTF-8, which not every file system takes. */
export function hasKeptBytes(name: string): boolean {
  return kept.test(name);
}

function characterAt(bytes: Uint8Array, at: number): string | undefined {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const slice = bytes.subarray(at, at + length);
  if (slice.length < length || !isUtf8(slice)) return undefined;
  const character = strict.decode(slice);
  return kept.test(character) ? undefined : character;
}
