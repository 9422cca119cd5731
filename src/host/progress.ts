/** How far a piece of long work has come. */
export interface ProgressReport {
  /** What is being done now, as a person reads it. */
  message: string;
  /** Between 0 and 1 where the whole is known. */
  fraction?: number;
  /** A line of the program's own output (a build step, a container), where there is one. */
  output?: string;
}

export type OnProgress = (report: ProgressReport) => void;

/** What every piece of long work takes besides its subject. */
export interface Work {
  signal: AbortSignal;
  onProgress: OnProgress;
}
