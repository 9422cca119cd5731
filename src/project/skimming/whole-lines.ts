import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';

/** How much of a file is read at once, in bytes. */
const pieceSize = 128 * 1024;
/** Of a line, in bytes: no tool writes one of this length into a list of packages. */
const longestLine = 1024 * 1024;
const newline = 0x0a;

/** A text that cannot be taken line by line. Its message is the sentence that says why. */
export class UnfitText extends Error {}

/**
 * The text of a file in pieces, each of whole lines that end with `\n`; what follows the last line end is the last piece. It is
 * UTF-8, without its byte order mark, or else Windows-1252. Throws UnfitText for UTF-16 and for a line over 1 MB, and what the
 * system says of a file that cannot be read.
 */
export async function* wholeLines(path: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const handle = await open(path);
  try {
    let bytes = Buffer.allocUnsafe(pieceSize);
    let filled = 0;
    let isFirst = true;
    for (;;) {
      signal?.throwIfAborted();
      if (filled === bytes.length) {
        if (filled >= longestLine) throw new UnfitText('It has a line that is longer than 1 MB, and is not read.');
        bytes = Buffer.concat([bytes], 2 * filled);
      }
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, null);
      filled += bytesRead;
      // In UTF-8 no other character has this byte in it: none is cut in two here.
      const end = bytesRead === 0 ? filled : bytes.lastIndexOf(newline, filled - 1) + 1;
      if (end > 0) {
        yield decode(bytes.subarray(0, end), isFirst);
        isFirst = false;
        bytes.copyWithin(0, end, filled);
        filled -= end;
      }
      if (bytesRead === 0) return;
    }
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer, isFirst: boolean): string {
  if (isFirst && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))) {
    throw new UnfitText('It is larger than 1 MB and in UTF-16, and is not read: save it as UTF-8.');
  }
  if (!isUtf8(bytes)) return new TextDecoder('windows-1252').decode(bytes);
  const text = bytes.toString('utf8');
  return isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
}
