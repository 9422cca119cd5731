import { stat } from 'node:fs/promises';
import { asFailure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { listRunRecords, overviewOf, readRunRecord, type RunOverview } from '../../run/record.js';

/** A run of an open project, and what its record says of it. */
export interface ListedRun {
  /** Absolute path of the record. */
  file: string;
  record: RunOverview;
}

/** Records that are read together. */
const atOnce = 16;

/** The run records of the open projects; one that has not changed is read once. */
export class RunList {
  private known = new Map<string, { version: string; record: RunOverview | undefined }>();

  constructor(
    private readonly projects: () => readonly string[],
    private readonly log: Log,
  ) {}

  /** The newest first. */
  async read(): Promise<ListedRun[]> {
    const files = (await Promise.all(this.projects().map((project) => listRunRecords(project)))).flat();
    const known = new Map<string, { version: string; record: RunOverview | undefined }>();
    for (let at = 0; at < files.length; at += atOnce) {
      await Promise.all(
        files.slice(at, at + atOnce).map(async (file) => {
          known.set(file, await this.look(file));
        }),
      );
    }
    this.known = known;
    const listed = files.flatMap((file) => {
      const record = known.get(file)?.record;
      return record === undefined ? [] : [{ file, record }];
    });
    return listed.sort((left, right) => (left.record.started < right.record.started ? 1 : -1));
  }

  private async look(file: string): Promise<{ version: string; record: RunOverview | undefined }> {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const version = [mtimeMs, size, ino].join();
      const before = this.known.get(file);
      if (before?.version === version) return before;
      return { version, record: overviewOf(await readRunRecord(file)) };
    } catch (error) {
      this.log.warn(asFailure(error, `Reading ${file}`).message);
      return { version: '', record: undefined };
    }
  }
}
