import { setMaxListeners } from 'node:events';
import { ContainersFollower } from '../../compose/containers-follower.js';
import { projectContainers } from '../../compose/observed.js';
import { type EngineConnection } from '../../engine/connection.js';
import { type ContainerSummary } from '../../engine/containers.js';
import { LogFollower, type LogState } from '../../engine/log-follower.js';
import { asFailure, type Failure } from '../../host/failure.js';
import { bufferLimits, LogBuffer } from './log-buffer.js';
import { headText, type Period, type RowSource, sourceColours } from './log-messages.js';
import { sinceOf } from './log-since.js';
import { MergedLines } from './merged-lines.js';
import { projectStatus } from './project-state.js';
import { type ShownLog } from './shown-log.js';

/** How often it is looked whether lines that wait for others are due, in milliseconds. */
const drainMilliseconds = 100;
/** Lines that were there already come without a pause of this length. */
const pauseMilliseconds = 300;

interface Source {
  /** `web-1` */
  name: string;
  service: string;
  state: LogState;
  follower: LogFollower | undefined;
  /** Lines that came at first, without a pause: those that were there already. */
  atOnce: number;
  /** When lines came last; undefined after the first pause. */
  lastAtOnce: number | undefined;
}

/**
 * The logs of a compose project's containers as one, in the order of their times; of those, too, that are made while it is
 * open. Lines keep their order however late another container tells what it printed before.
 */
export class ProjectLog implements ShownLog {
  readonly buffer = new LogBuffer();
  private wanted: Period = 'all';
  private isCleared = false;
  private running: AbortController | undefined;
  private containers: ContainersFollower | undefined;
  private lost: Failure | undefined;
  /** By the identifiers of containers, in the order of the buffer's numbers of sources; undefined before the engine was asked. */
  private sources: Map<string, Source> | undefined;
  /** In the order of their colours. */
  private readonly colours: string[] = [];
  private names: RowSource[] = [];
  private looks = 0;
  private merged: MergedLines;
  private tail = bufferLimits.lines;
  private draining: NodeJS.Timeout | undefined;

  /**
   * @param project its name, and those of the services that are shown; all where there are none
   * @param onChange called after each change of anything
   * @param merge brings the lines into order
   */
  constructor(
    private readonly connection: EngineConnection,
    private readonly project: { name: string; services: readonly string[] },
    private readonly onChange: () => void,
    private readonly merge = (): MergedLines => new MergedLines(),
  ) {
    this.merged = merge();
  }

  get status(): { kind: LogState['kind']; text: string } {
    return projectStatus(this.sources === undefined ? undefined : [...this.sources.values()], this.lost);
  }

  get period(): Period {
    return this.wanted;
  }

  get generation(): number {
    return this.looks;
  }

  get head(): string {
    if (this.isCleared) return '';
    const isCut = [...(this.sources?.values() ?? [])].some(({ atOnce }) => atOnce >= this.tail);
    if (this.buffer.dropped > 0 || !isCut) return headText(this.buffer.dropped, 0, bufferLimits.lines);
    return `Of each container, lines before the last ${this.tail.toLocaleString('en')} were not read.`;
  }

  get empty(): string {
    if (this.isCleared) return 'The view was cleared. New lines appear here.';
    const { kind } = this.status;
    if (kind === 'connecting' || kind === 'failed') return '';
    if (this.sources?.size === 0) return 'The logs of all services appear here when they are started.';
    return this.wanted === 'all' ? 'No service has printed anything yet.' : 'Nothing was printed in this time.';
  }

  sourceOf(number: number): RowSource | undefined {
    return this.names[this.buffer.sourceAt(number)];
  }

  begin(period: Period): void {
    this.stop();
    const running = new AbortController();
    // One for each container listens to it.
    setMaxListeners(0, running.signal);
    this.running = running;
    this.wanted = period;
    this.isCleared = false;
    this.lost = undefined;
    this.sources = undefined;
    this.names = [];
    this.merged = this.merge();
    this.buffer.clear();
    this.onChange();
    this.containers = new ContainersFollower(this.connection, {
      onContainers: (containers) => {
        if (running.signal.aborted) return;
        this.lost = undefined;
        this.take(containers, running.signal);
        this.onChange();
      },
      onLost: (failure) => {
        if (running.signal.aborted) return;
        this.lost = failure;
        this.onChange();
      },
    });
    void this.containers.run(running.signal);
  }

  clear(): void {
    this.buffer.clear();
    this.isCleared = true;
    this.onChange();
  }

  tryNow(): void {
    this.containers?.tryNow();
    for (const { follower } of this.sources?.values() ?? []) follower?.tryNow();
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
    clearTimeout(this.draining);
    this.draining = undefined;
  }

  /** Follows those containers of the project that are not followed yet. */
  private take(all: readonly ContainerSummary[], signal: AbortSignal): void {
    const { name, services } = this.project;
    const wanted = projectContainers(all, name).filter(
      ({ service, isOneOff }) => !isOneOff && (services.length === 0 || services.includes(service)),
    );
    if (this.sources === undefined) this.tail = Math.ceil(bufferLimits.lines / Math.max(1, wanted.length));
    const sources = (this.sources ??= new Map<string, Source>());
    const fresh = wanted.filter(({ container }) => !sources.has(container.id));
    const first = sources.size;
    for (const { service, number, container } of fresh) {
      if (!this.colours.includes(service)) this.colours.push(service);
      sources.set(container.id, {
        name: `${service}-${number}`,
        service,
        state: { kind: 'connecting' },
        follower: undefined,
        atOnce: 0,
        lastAtOnce: performance.now(),
      });
    }
    if (fresh.length === 0) return;
    this.rename(sources);
    fresh.forEach(({ container }, at) => {
      const source = sources.get(container.id);
      if (source !== undefined) void this.follow(container.id, source, first + at, signal);
    });
  }

  /** Names are as wide as the longest of them. */
  private rename(sources: ReadonlyMap<string, Source>): void {
    const width = Math.max(...[...sources.values()].map(({ name }) => name.length));
    this.names = [...sources.values()].map(({ name, service }) => ({
      name: name.padEnd(width),
      colour: this.colours.indexOf(service) % sourceColours,
    }));
    this.looks++;
  }

  private async follow(container: string, source: Source, number: number, signal: AbortSignal): Promise<void> {
    const { merged } = this;
    merged.open(number, performance.now());
    const onState = (state: LogState): void => {
      if (signal.aborted) return;
      source.state = state;
      if (state.kind === 'following' || state.kind === 'connecting') merged.hear(number, performance.now());
      else merged.close(number, performance.now());
      this.drain();
      this.onChange();
    };
    let since: string | undefined;
    try {
      since = await sinceOf(this.connection, container, this.wanted, signal);
    } catch (error) {
      const failure = asFailure(error, 'Reading the log');
      onState(failure.reason === 'container-not-found' ? { kind: 'removed' } : { kind: 'failed', failure });
      return;
    }
    if (signal.aborted) return;
    source.follower = new LogFollower(this.connection, container, {
      onLines: (lines) => {
        if (signal.aborted) return;
        const now = performance.now();
        countAtOnce(source, lines.length, now);
        merged.push(number, lines, now);
        this.drain();
      },
      onState,
    });
    await source.follower.run({ since, tail: this.tail, signal });
  }

  /** Shows what is due now, and what waits when it is. */
  private drain(): void {
    clearTimeout(this.draining);
    this.draining = undefined;
    const drained = this.merged.drain(performance.now());
    for (const { source, lines } of drained) this.buffer.append(lines, source);
    if (drained.length > 0) this.onChange();
    if (this.merged.isEmpty || this.running === undefined) return;
    this.draining = setTimeout(() => {
      this.drain();
    }, drainMilliseconds);
  }
}

function countAtOnce(source: Source, lines: number, now: number): void {
  if (source.lastAtOnce === undefined) return;
  if (source.atOnce > 0 && now - source.lastAtOnce > pauseMilliseconds) source.lastAtOnce = undefined;
  else {
    source.atOnce += lines;
    source.lastAtOnce = now;
  }
}
