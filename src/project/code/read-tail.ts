import { open, stat } from 'node:fs/promises';

/** The size of a file, in bytes; undefined for what is none (any more), such as a pipe. */
export async function sizeOfFile(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

/** The last bytes of a file as text; the first character may be cut. Empty where it cannot be read. */
export async function readTail(path: string, size: number, length: number): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, size - length));
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
