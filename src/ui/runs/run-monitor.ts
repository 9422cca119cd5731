import { setImmediate } from 'node:timers';
import { type EngineConnection } from '../../engine/connection.js';
import { type Engine } from '../../engine/engine.js';
import { asFailure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { type Work } from '../../host/progress.js';
import { type LiveRun } from '../../run/live-run.js';
import { type PendingRun } from '../../run/pending.js';
import { type RunPlace } from '../../run/run-place.js';
import { type RunRequest } from '../../run/run-request.js';

/** How long a lost engine is left alone between two looks for it, in milliseconds: longer each time. */
const firstPause = 2000;
const longestPause = 60_000;

/** Something that happened to a run: it came, or its phase changed. */
type Listener = (run: LiveRun) => void;

/**
 * Looks after the runs of this window: those that it started, and those of the open projects that an earlier window left, or
 * whose engine was lost meanwhile.
 */
export class RunMonitor {
  private readonly runs = new Map<string, LiveRun>();
  /** Runs that have ended, but whose results could not be brought here: tried again when somebody asks for it. */
  private readonly waitingForPerson = new Set<string>();
  private readonly listeners = new Set<Listener>();
  private readonly following: { dispose(): void };
  private wasConnected = false;
  private isLooking = false;
  private pause = firstPause;
  private timer: NodeJS.Timeout | undefined;
  private isDisposed = false;

  /**
   * @param storage absolute path of the folder that keeps what it takes to bring runs to their end
   * @param projects absolute paths of the open projects, asked for when they are needed
   * @param isTrusted whether the workspace is trusted: bringing a run to its end may start a container
   */
  constructor(
    private readonly engine: Engine,
    private readonly storage: string,
    private readonly projects: () => readonly string[],
    private readonly isTrusted: () => boolean,
    private readonly log: Log,
  ) {
    this.following = engine.onChange(() => {
      const isConnected = this.engine.state.kind === 'connected';
      const isNew = isConnected && !this.wasConnected;
      this.wasConnected = isConnected;
      if (!isNew) return;
      this.look();
      void this.sweep();
    });
  }

  /** The runs that go on, by their records' absolute paths. */
  get live(): ReadonlyMap<string, LiveRun> {
    return this.runs;
  }

  onChange(listener: Listener): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Where a run of a project belongs. */
  placeOf(project: string, gpu?: string): RunPlace {
    return { project, storage: this.storage, log: this.log, gpu };
  }

  /** Starts a run, which is looked after from then on. Rejects what `startRun` rejects. */
  async start(connection: EngineConnection, request: RunRequest, place: RunPlace, work: Work): Promise<LiveRun> {
    const { startRun } = await import('../../run/start-run.js');
    const own = connection.another();
    try {
      const run = await startRun(own, request, place, work);
      this.add(run, own);
      return run;
    } catch (error) {
      own.dispose();
      throw error;
    }
  }

  /** Behind the activation: an engine is looked for only where there is a run to pick up. */
  begin(): void {
    setImmediate(() => {
      this.look();
    });
  }

  /** Tries again what failed, too. */
  lookAgain(): void {
    this.waitingForPerson.clear();
    this.look();
  }

  /** Whether another window looks after a run. */
  async isElsewhere(file: string): Promise<boolean> {
    const { isClaimed } = await import('../../run/pending.js');
    return !this.runs.has(file) && (await isClaimed(this.storage, file));
  }

  /** Brings a run to no end any more. */
  async forget(file: string): Promise<void> {
    const { forgetPending } = await import('../../run/pending.js');
    await forgetPending(this.storage, file);
  }

  /** Removes from the engine what windows have left that were killed. */
  private async sweep(): Promise<void> {
    try {
      const [{ removeLeftovers }, { listPending }] = await Promise.all([
        import('../../engine/leftovers.js'),
        import('../../run/pending.js'),
      ]);
      const wanted = new Set((await listPending(this.storage)).map(({ container }) => container));
      const removed = await removeLeftovers(await this.engine.connect(), (container) => wanted.has(container));
      if (removed.length > 0) this.log.info(`Removed what a window left that was killed: ${removed.join(', ')}`);
    } catch (error) {
      this.log.info(`What was left could not be removed: ${asFailure(error, 'Removing leftovers').message}`);
    }
  }

  /** Looks for runs to pick up, now. */
  private look(): void {
    clearTimeout(this.timer);
    void this.pickUp();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    this.following.dispose();
    this.listeners.clear();
    for (const run of this.runs.values()) void run.leave();
  }

  private async pickUp(): Promise<void> {
    if (this.isLooking || this.isDisposed || !this.isTrusted()) return;
    this.isLooking = true;
    try {
      const waiting = await this.pending();
      if (waiting.length === 0) {
        this.pause = firstPause;
        return;
      }
      const connection = await this.engine.connect();
      for (const { pending, project } of waiting) {
        if (pending.engine === connection.endpoint.host) await this.pickUpOne(connection, pending, project);
      }
      // Another window looks after them, for now.
      if ((await this.pending()).some(({ pending }) => pending.engine === connection.endpoint.host)) this.lookLater();
      else this.pause = firstPause;
    } catch (error) {
      const failure = asFailure(error, 'Picking up a run');
      this.log.info(`Runs could not be picked up: ${failure.message}`);
      this.lookLater();
    } finally {
      this.isLooking = false;
    }
  }

  /** One that cannot be picked up does not stand in the way of the others. */
  private async pickUpOne(connection: EngineConnection, pending: PendingRun, project: string): Promise<void> {
    const { pickUpRun } = await import('../../run/pick-up-run.js');
    const own = connection.another();
    try {
      const run = await pickUpRun(own, pending, this.placeOf(project));
      if (run === undefined) own.dispose();
      else this.add(run, own);
    } catch (error) {
      own.dispose();
      this.log.warn(`${pending.record} could not be picked up: ${asFailure(error, 'Picking up a run').message}`);
    }
  }

  private lookLater(): void {
    if (this.isDisposed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }

  /** What is to be brought to an end in the open projects, and nobody looks after here. */
  private async pending(): Promise<{ pending: PendingRun; project: string }[]> {
    const [{ listPending }, { projectOfRecord }] = await Promise.all([
      import('../../run/pending.js'),
      import('../../run/record.js'),
    ]);
    const open = new Set(this.projects());
    return (await listPending(this.storage))
      .map((pending) => ({ pending, project: projectOfRecord(pending.record) }))
      .filter(({ pending, project }) => open.has(project) && !this.runs.has(pending.record))
      .filter(({ pending }) => !this.waitingForPerson.has(pending.record));
  }

  /** @param connection its own: a run is not lost when another engine is selected */
  private add(run: LiveRun, connection: EngineConnection): void {
    this.runs.set(run.file, run);
    const tell = (): void => {
      for (const listener of this.listeners) listener(run);
    };
    run.onChange(tell);
    void run.end
      .then(() => {
        if (run.phase.kind === 'finished' && run.phase.problem !== undefined) this.waitingForPerson.add(run.file);
      })
      .catch((error: unknown) => {
        const failure = asFailure(error, 'The run');
        this.log.warn(`${run.file}: ${failure.message}`);
        // The engine may be back before anybody asks for it.
        if (failure.reason !== 'cancelled') {
          this.lookLater();
        }
      })
      .finally(() => {
        this.runs.delete(run.file);
        connection.dispose();
        tell();
      });
    tell();
  }
}
