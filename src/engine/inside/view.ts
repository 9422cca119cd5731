import { Failure } from '../../host/failure.js';
import { type EngineConnection } from '../connection.js';
import { Archive, type PathStat } from './archive.js';
import { type Carrier } from './carriers.js';
import { followLinks, type Followed } from './follow-links.js';

/** A place as it is seen through one carrier, for one call. */
export class View {
  readonly archive: Archive;

  constructor(
    readonly connection: EngineConnection,
    readonly carrier: Carrier,
    readonly isVolume: boolean,
    readonly signal: AbortSignal,
  ) {
    this.archive = new Archive(connection, carrier.container, carrier.root);
  }

  lstat(path: string): Promise<PathStat | undefined> {
    return this.archive.lstat(path, this.signal);
  }

  async readLink(path: string): Promise<string> {
    return (await this.archive.member(path, this.signal))?.target ?? '';
  }

  /** Rejects `file-not-found`; as `followLinks`. */
  follow(path: string, last: 'follow' | 'keep' = 'follow'): Promise<Followed> {
    return followLinks(this, path, last);
  }

  /** What a link leads to; undefined where that is nothing of the place. */
  async kindBehind(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
    try {
      const kind = (await this.follow(path)).stat?.kind;
      return kind === 'link' ? undefined : kind;
    } catch (error) {
      if (error instanceof Failure && error.reason === 'file-not-found') return undefined;
      throw error;
    }
  }
}
