/** One question asked of a bundle, and its answer. */
export interface Check {
  /** Stable word. */
  id: string;
  state: 'passed' | 'failed' | 'unknown';
  /** What was found, as a person reads it. */
  message: string;
  /** What to do about it, where something can be done. */
  remedy?: string;
}

/** The remedy for a file that is not what it was. */
export const fetchAgain = 'Fetch the file again from where the bundle was published.';
