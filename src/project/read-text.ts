import { open, stat } from 'node:fs/promises';

/** The text of a file, as far as it was read. */
interface FileText {
  /** With `\n` as line end and without byte order mark. */
  text: string;
  /** Whether it goes on beyond what was read. */
  isCut: boolean;
}

/**
 * Reads the first part of a file: UTF-8, UTF-16 with a byte order mark (as PowerShell's `>` writes it), else Windows-1252.
 * Undefined for what is no file or cannot be read.
 *
 * @param limit bytes that are read at most
 */
export async function readText(path: string, limit: number, signal?: AbortSignal): Promise<FileText | undefined> {
  signal?.throwIfAborted();
  try {
    // Opening a named pipe would wait for whoever writes to it.
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    const bytes = await firstBytes(path, Math.min(found.size, limit));
    const isCut = found.size > bytes.length;
    return { text: decode(bytes, isCut).replaceAll('\r\n', '\n'), isCut };
  } catch {
    return undefined;
  }
}

async function firstBytes(path: string, length: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer, isCut: boolean): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // A character that is cut off at the end is no reason to take the file for something else.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
