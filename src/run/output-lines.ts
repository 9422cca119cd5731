import { TextDecoder } from 'node:util';

/** In characters. */
const longestLine = 65_536;

/** Makes lines of what a program prints, each of the two streams for itself. */
export class OutputLines {
  private readonly decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  private readonly rest = { stdout: '', stderr: '' };

  constructor(private readonly onLine: (line: string) => void) {}

  add(data: Uint8Array, stream: 'stdout' | 'stderr'): void {
    const lines = (this.rest[stream] + this.decoders[stream].decode(data, { stream: true })).split('\n');
    // Of a line that is written over and over, what it says last; one that does not end is cut.
    this.rest[stream] = (lines.pop() ?? '').replace(/^.*\r(?=.)/s, '').slice(-longestLine);
    for (const line of lines) this.onLine(line.replace(/\r$/, ''));
  }

  end(): void {
    for (const last of Object.values(this.rest)) if (last !== '') this.onLine(last);
  }
}
