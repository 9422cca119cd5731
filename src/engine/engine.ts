import { Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { type EngineConnection } from './connection.js';
import { type Endpoint } from './endpoint.js';
import { type EngineIdentity } from './system.js';

/** What is known of the engine now. */
export type EngineState =
  /** None was looked for. */
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'connected'; endpoint: Endpoint; identity: EngineIdentity }
  | { kind: 'failed'; failure: Failure };

/** Where engines may be. */
export interface Candidates {
  /** Every place, best first. */
  all: Endpoint[];
  /** Those that are tried of themselves. */
  toTry: Endpoint[];
}

/**
 * Keeps the one connection to the engine that is in use, and finds an engine when there is none. What speaks to an
 * engine is loaded when one is first looked for, so that nothing of it costs a VS Code that only starts.
 */
export class Engine {
  private current: EngineConnection | undefined;
  private finding: Promise<EngineConnection> | undefined;
  private known: EngineState = { kind: 'idle' };
  private readonly listeners = new Set<() => void>();
  /** Counts resets: what was begun before one is of no use after it. */
  private generation = 0;

  /** @param discover asked anew each time that an engine is looked for. */
  constructor(
    private readonly discover: () => Promise<Candidates>,
    private readonly log: Log,
  ) {}

  get state(): EngineState {
    return this.known;
  }

  /** Calls back after each change of the state, until disposed. */
  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Every place where an engine may be, best first. */
  async candidates(): Promise<Endpoint[]> {
    return (await this.discover()).all;
  }

  /**
   * A connection to an engine that answers: the one in use, or the first endpoint that answers.
   *
   * Rejects with what was met at the endpoint that came nearest: a refused permission says more than a missing socket.
   */
  connect(): Promise<EngineConnection> {
    if (this.finding === undefined) {
      const finding = this.find().finally(() => {
        if (this.finding === finding) this.finding = undefined;
      });
      this.finding = finding;
    }
    return this.finding;
  }

  /**
   * A connection of the caller's own to the engine at that place, whichever is in use; the caller disposes of it. Rejects
   * `invalid-argument` for a name that no place has, and with what was met there.
   */
  async connectTo(name: string, signal?: AbortSignal): Promise<EngineConnection> {
    const candidates = await this.candidates();
    const endpoint = candidates.find((candidate) => candidate.name === name);
    if (endpoint === undefined) throw noSuchEngine(name, candidates);
    const { tryEndpoint } = await import('./try-endpoint.js');
    const attempt = await tryEndpoint(endpoint, signal);
    if (attempt.kind === 'answers') return attempt.connection;
    throw attempt.failure;
  }

  /** Forgets the connection in use, so that the next one is looked for among all endpoints. */
  reset(): void {
    this.generation++;
    this.finding = undefined;
    this.drop();
    this.change({ kind: 'idle' });
  }

  dispose(): void {
    this.listeners.clear();
    this.reset();
  }

  private drop(): void {
    this.current?.dispose();
    this.current = undefined;
  }

  private change(state: EngineState): void {
    this.known = state;
    for (const listener of this.listeners) listener();
  }

  private async find(): Promise<EngineConnection> {
    const { generation } = this;
    const { tryEndpoint, stillThere } = await import('./try-endpoint.js');
    const { current } = this;
    if (current !== undefined) {
      const there = await stillThere(current);
      if (generation !== this.generation) return this.connect();
      if (there) return current;
      this.drop();
    }
    // While a lost engine is looked for again and again, what went wrong stays on show.
    if (this.known.kind !== 'failed') this.change({ kind: 'connecting' });
    const failures: Failure[] = [];
    for (const endpoint of (await this.discover()).toTry) {
      const attempt = await tryEndpoint(endpoint);
      if (generation !== this.generation) {
        if (attempt.kind === 'answers') attempt.connection.dispose();
        return this.connect();
      }
      if (attempt.kind === 'answers') {
        this.log.info(`Connected to the engine at ${endpoint.host} (${endpoint.name}).`);
        this.current = attempt.connection;
        this.change({ kind: 'connected', endpoint, identity: attempt.identity });
        return attempt.connection;
      }
      this.log.info(`No engine at ${endpoint.host} (${endpoint.name}): ${attempt.failure.message}`);
      failures.push(attempt.failure);
    }
    const failure = nearestOf(failures);
    this.change({ kind: 'failed', failure });
    throw failure;
  }
}

export function noSuchEngine(name: string, candidates: readonly Endpoint[]): Failure {
  return new Failure(
    'invalid-argument',
    `There is no engine “${name}”.`,
    `Choose one of: ${candidates.map((endpoint) => endpoint.name).join(', ')}. An empty name means: found automatically.`,
  );
}

function nearestOf(failures: readonly Failure[]): Failure {
  const silent = new Set<Failure['reason']>(['engine-not-found', 'engine-not-running']);
  return (
    failures.find(({ reason }) => !silent.has(reason)) ??
    failures.find(({ reason }) => reason === 'engine-not-running') ??
    failures[0] ??
    new Failure(
      'engine-not-found',
      'No Docker Engine was found.',
      'Install Docker from https://docs.docker.com/get-started/get-docker/ and start it.',
    )
  );
}
