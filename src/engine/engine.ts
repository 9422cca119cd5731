import { asFailure, Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { type EngineConnection } from './connection.js';
import { type Endpoint } from './endpoint.js';

/**
 * Keeps the one connection to the engine that is in use, and finds an engine when there is none. What speaks to an
 * engine is loaded when one is first looked for, so that nothing of it costs a VS Code that only starts.
 */
export class Engine {
  private current: EngineConnection | undefined;
  private finding: Promise<EngineConnection> | undefined;

  /** @param discover the endpoints to try, best first; asked anew each time that an engine is looked for. */
  constructor(
    private readonly discover: () => Promise<Endpoint[]>,
    private readonly log: Log,
  ) {}

  /**
   * A connection to an engine that answers: the one in use, or the first endpoint that answers.
   *
   * Rejects with what was met at the endpoint that came nearest: a refused permission says more than a missing socket.
   */
  connect(): Promise<EngineConnection> {
    this.finding ??= this.find().finally(() => {
      this.finding = undefined;
    });
    return this.finding;
  }

  /** Forgets the connection in use, so that the next one is looked for among all endpoints. */
  reset(): void {
    this.current?.dispose();
    this.current = undefined;
  }

  dispose(): void {
    this.reset();
  }

  private async find(): Promise<EngineConnection> {
    const [{ EngineConnection }, { ping }] = await Promise.all([import('./connection.js'), import('./system.js')]);
    if (this.current !== undefined) {
      try {
        await ping(this.current);
        return this.current;
      } catch {
        this.reset();
      }
    }
    const failures: Failure[] = [];
    for (const endpoint of await this.discover()) {
      try {
        const connection = new EngineConnection(endpoint);
        await ping(connection);
        this.log.info(`Connected to the engine at ${endpoint.host} (${endpoint.name}).`);
        this.current = connection;
        return connection;
      } catch (error) {
        const failure = asFailure(error, `Connecting to ${endpoint.host}`);
        this.log.info(`No engine at ${endpoint.host} (${endpoint.name}): ${failure.message}`);
        failures.push(failure);
      }
    }
    const nearest = failures.find((failure) => failure.reason !== 'engine-not-running') ?? failures[0];
    throw (
      nearest ??
      new Failure(
        'engine-not-running',
        'No Docker Engine was found.',
        'Install Docker from https://docs.docker.com/get-started/get-docker/ and start it.',
      )
    );
  }
}
