import { type Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';

/** Where a run belongs. */
export interface RunPlace {
  /** Absolute path of the project's folder, which keeps the record. */
  project: string;
  /** Absolute path of the folder for what it takes to bring runs to their end; it need not be there. */
  storage: string;
  log: Log;
  /** Name of the GPU that the engine's host has, where it is known. */
  gpu?: string | undefined;
}

/** What a run does now. */
export type RunPhase =
  | { kind: 'running' }
  /** It has ended, and its results are brought here. */
  | { kind: 'copying'; bytes: number }
  | { kind: 'recording'; files: number }
  /** With what could not be done after the end. */
  | { kind: 'finished'; problem: Failure | undefined }
  | { kind: 'lost'; failure: Failure };
