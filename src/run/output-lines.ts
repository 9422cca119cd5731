import { TextDecoder } from 'node:util';

/** Makes lines of what a program prints, each of the two streams for itself. */
export class OutputLines {
  private readonly decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  private readonly rest = { stdout: '', stderr: '' };

  constructor(private readonly onLine: (line: string) => void) {}

  add(data: Uint8Array, stream: 'stdout' | 'stderr'): void {
    const lines = (this.rest[stream] + this.decoders[stream].decode(data, { stream: true })).split('\n');
    this.rest[stream] = lines.pop() ?? '';
    for (const line of lines) this.onLine(line.replace(/\r$/, ''));
  }

  end(): void {
    for (const last of Object.values(this.rest)) if (last !== '') this.onLine(last);
  }
}
