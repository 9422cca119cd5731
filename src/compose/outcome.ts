import { Failure } from '../host/failure.js';

/** What came of a service. */
export interface ServiceResult {
  name: string;
  /** Identifiers of its containers, in the order of their numbers. */
  containers: string[];
  /** `unchanged` had the right containers already, and they ran. */
  change: 'created' | 'recreated' | 'started' | 'unchanged';
}

/** What has become of a service so far. */
export type Outcome =
  { kind: 'waiting' } | { kind: 'done'; result: ServiceResult } | { kind: 'failed'; failure: Failure };

/** Why an application was not brought up, with what became of each service. */
export function firstFailure(outcomes: ReadonlyMap<string, Outcome>): Failure {
  const failed = [...outcomes.values()].find((outcome) => outcome.kind === 'failed');
  const failure =
    failed?.failure ??
    new Failure(
      'cancelled',
      'Starting the application was cancelled.',
      '“Up” goes on from here; “Down” removes what is there.',
    );
  return withOutcomes(failure, outcomes);
}

/** With a line for each service that says what became of it. */
export function withOutcomes(
  { reason, message, remedy, output, cause, location }: Failure,
  outcomes: ReadonlyMap<string, Outcome>,
): Failure {
  const lines = [...outcomes].map(([name, outcome]) => `${name}: ${textOf(outcome)}`);
  return new Failure(reason, message, remedy, {
    output: [...output, ...lines],
    ...(cause === undefined ? {} : { cause }),
    ...(location === undefined ? {} : { location }),
  });
}

function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.result.change === 'unchanged' ? 'runs, unchanged' : `runs (${outcome.result.change})`;
    case 'failed':
      return 'failed';
    case 'waiting':
      return 'not started';
  }
}
