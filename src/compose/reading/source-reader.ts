import { access, readFile } from 'node:fs/promises';
import { cancelled, errorCode } from '../../host/failure.js';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';

/** What comes of reading a file. */
export type ReadFile = { kind: 'text'; text: string } | { kind: 'missing' | 'unreadable'; message: string };

/** Reads the files of an application, of which any may be missing. */
export class SourceReader {
  constructor(
    readonly problems: Problems,
    private readonly signal: AbortSignal,
  ) {}

  /** @param place what names the file, for the problem if it cannot be read */
  async readText(file: string, place: Place): Promise<string | undefined> {
    const read = await this.tryRead(file);
    if (read.kind === 'text') return read.text;
    this.problems.error(place, 'missing-file', read.message, 'Correct the path, or put the file there.');
    return undefined;
  }

  /** The text of a file that may be missing. */
  async readIfThere(file: string): Promise<string | undefined> {
    const read = await this.tryRead(file);
    return read.kind === 'text' ? read.text : undefined;
  }

  /** @param place what names the file, for the problem if there is none, and no folder either */
  async requireFile(file: string, place: Place): Promise<void> {
    try {
      await access(file);
    } catch {
      this.problems.error(
        place,
        'missing-file',
        `There is no file ${file}.`,
        'Correct the path, or put the file there.',
      );
    }
  }

  /** Rejects only after an abort. */
  async tryRead(file: string): Promise<ReadFile> {
    try {
      return { kind: 'text', text: await readFile(file, { encoding: 'utf8', signal: this.signal }) };
    } catch (error) {
      if (this.signal.aborted) throw cancelled('Reading the compose file');
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', message: `There is no file ${file}.` };
      const why = code === 'EISDIR' ? 'is a folder' : code === 'EACCES' ? 'may not be read' : 'cannot be read';
      return { kind: 'unreadable', message: `${file} ${why}.` };
    }
  }
}
