/** One case of a benchmark: ours against a peer in the same run, or ours alone against a goal. */
export interface Case {
  bench: string;
  case: string;
  /** Median. */
  ours: number;
  /** Median. */
  peer?: number;
  unit: string;
  /** Largest ratio of ours to the peer's, or with no peer the largest value of ours, that is wanted. */
  goal: number;
  /** How often each side was measured, after a warm-up. */
  runs: number;
}

/** The middle of some values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
