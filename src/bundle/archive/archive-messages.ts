import * as v from 'valibot';
import { type Reason } from '../../host/failure.js';
import { type ArchiveProgress, type ArchiveResult } from './write-archive.js';

/** What the worker thread is started with. */
export const archiveOrder = v.object({
  tag: v.string(),
  diffIds: v.optional(v.array(v.string())),
  file: v.string(),
  compression: v.picklist(['gzip', 'zstd', 'none']),
  layers: v.optional(v.object({ root: v.string(), limit: v.number() })),
});

export type ArchiveOrder = v.InferOutput<typeof archiveOrder>;

/** What is said to the worker thread. */
export type ToWorker = { kind: 'chunk'; bytes: Uint8Array } | { kind: 'end' } | { kind: 'abort' };

/** What the worker thread answers. */
export type FromWorker =
  /** It wants one more chunk. */
  | { kind: 'more' }
  | { kind: 'progress'; progress: ArchiveProgress }
  | { kind: 'done'; result: ArchiveResult }
  | { kind: 'failed'; reason: Reason; message: string; remedy: string };
