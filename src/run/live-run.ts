import { type Duplex, type Readable } from 'node:stream';
import { basename } from 'node:path';
import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { stopContainer } from '../engine/container-operations.js';
import { resizeTerminal, signalContainer, waitForExit } from '../engine/container-process.js';
import { containerUsage } from '../engine/container-usage.js';
import { demultiplex } from '../engine/demultiplex.js';
import { asFailure, cancelled, Failure, isEngineGone } from '../host/failure.js';
import { type FinishedRecord, type RunningRecord, type RunRecord, beginningOf, writeRunRecord } from './record.js';
import { type Copied } from './copy-from-container.js';
import { copyBack, finishRun, type Usage } from './finish-run.js';
import { type Claim, type PendingRun } from './pending.js';
import { type RunLog } from './run-log.js';
import { type RunPhase, type RunPlace } from './run-place.js';

/** How the program of a run is listened to. */
export interface Ears {
  /** All that it prints, as the engine sends it. */
  output: Readable;
  /** Where its input goes; undefined for a program without one. */
  input: Duplex | undefined;
  /** When its start was seen, by a clock that does not jump, in milliseconds; undefined where it was not. */
  startedAt: number | undefined;
}

interface Parts {
  connection: EngineConnection;
  pending: PendingRun;
  record: RunningRecord;
  place: RunPlace;
  claim: Claim;
  log: RunLog;
  ears: Ears;
  details: Promise<LateDetails>;
}

/** What of a record takes a while to find out. */
export interface LateDetails {
  git?: { commit: string; dirty: boolean };
  configDigest?: string;
}

/** How often results of a run elsewhere are brought here, at most, in milliseconds. */
const leastBetweenCopies = 5000;
/** Output that is kept for whoever listens later, in bytes. */
const mostEarly = 65_536;
/** Copying takes no more than this part of the time. */
const copyingShare = 0.1;

/** A run that goes on: what it prints, and how it comes to its end and into its record. */
export class LiveRun {
  private record: RunRecord;
  private known: RunPhase = { kind: 'running' };
  /** All output until now; undefined when it has become too much to keep. */
  private early: { data: Uint8Array; stream: 'stdout' | 'stderr' }[] | undefined = [];
  private earlyBytes = 0;
  private readonly outputListeners = new Set<(data: Uint8Array, stream: 'stdout' | 'stderr') => void>();
  private readonly listeners = new Set<() => void>();
  private readonly controller = new AbortController();
  private isCancelled = false;
  /** What was copied while the program ran, by folders. */
  private readonly copies = new Map<string, Copied>();
  /** The record of its end; rejects `engine-lost`, `cancelled`, and what keeps it from being recorded. */
  readonly end: Promise<FinishedRecord>;

  constructor(private readonly parts: Parts) {
    this.record = parts.record;
    this.end = this.follow();
    // Whoever is interested asks for it.
    this.end.catch(() => undefined);
  }

  get file(): string {
    return this.parts.pending.record;
  }

  get current(): RunRecord {
    return this.record;
  }

  get phase(): RunPhase {
    return this.known;
  }

  get takesInput(): boolean {
    return this.parts.ears.input !== undefined;
  }

  /** Until disposed. What was printed before comes first, as long as that is little; else it is in the log. */
  onOutput(listener: (data: Uint8Array, stream: 'stdout' | 'stderr') => void): { dispose(): void } {
    for (const { data, stream } of this.early ?? []) listener(data, stream);
    this.outputListeners.add(listener);
    return { dispose: () => this.outputListeners.delete(listener) };
  }

  /** Calls back after each change of the phase, until disposed. */
  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  write(input: string): void {
    this.parts.ears.input?.write(input);
  }

  /** Sets the size of its terminal, in characters. */
  async resize(size: { columns: number; rows: number }): Promise<void> {
    const { connection, pending } = this.parts;
    await resizeTerminal(connection, pending.container, size).catch(endedAlready);
  }

  /** What Ctrl-C does to a program in a terminal. */
  async interrupt(): Promise<void> {
    const { connection, pending } = this.parts;
    await signalContainer(connection, pending.container, 'SIGINT').catch(endedAlready);
  }

  /** Asks the program to end, and ends it after ten seconds. */
  async stop(): Promise<void> {
    await stopContainer(this.parts.connection, this.parts.pending.container).catch(endedAlready);
  }

  /** Ends the program at once. */
  async kill(): Promise<void> {
    const { connection, pending } = this.parts;
    await signalContainer(connection, pending.container, 'SIGKILL').catch(endedAlready);
  }

  /** Ends the run for nobody wants it any more: its container goes, what it wrote and its record stay. */
  async cancel(): Promise<void> {
    this.isCancelled = true;
    await this.kill();
  }

  /** Looks away: the run goes on, and can be picked up again. */
  async leave(): Promise<void> {
    this.controller.abort();
    await this.end.catch(() => undefined);
  }

  private async follow(): Promise<FinishedRecord> {
    const { pending, connection, claim, place, log } = this.parts;
    const watching = new AbortController();
    const usage = this.measure(watching.signal);
    const copying = this.copyNowAndThen(watching.signal);
    try {
      const [listening, details] = [this.listen(log), this.addDetails()];
      // Rejected while the other is awaited, it is not unheard.
      details.catch(() => undefined);
      await listening;
      await details;
      const exitCode = await waitForExit(connection, pending.container);
      const endedAt = performance.now();
      watching.abort();
      await copying;
      const { startedAt } = this.parts.ears;
      const { record, problem } = await finishRun({
        connection,
        place,
        pending,
        record: beginningOf(this.record),
        exitCode,
        seconds: startedAt === undefined ? undefined : (endedAt - startedAt) / 1000,
        usage: await usage,
        log,
        copies: this.copies,
        isCancelled: this.isCancelled,
        onPhase: (phase) => {
          this.change(phase);
        },
      });
      this.record = record;
      this.change({ kind: 'finished', problem });
      if (this.isCancelled) throw cancelled('The run');
      return record;
    } catch (error) {
      const failure = lossOf(streamFailure(error, connection, 'The run', this.controller.signal));
      await log.end().catch(() => undefined);
      if (failure.reason !== 'cancelled') await this.lose(failure);
      throw failure;
    } finally {
      watching.abort();
      this.parts.ears.output.destroy();
      this.parts.ears.input?.destroy();
      await claim.release();
    }
  }

  private async listen(log: RunLog): Promise<void> {
    const { ears } = this.parts;
    const { signal } = this.controller;
    const onAbort = (): void => {
      ears.output.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const chunks = this.record.interactive ? plain(ears.output) : demultiplex(ears.output);
      for await (const { data, stream } of chunks) {
        this.keepEarly(data, stream);
        for (const listener of this.outputListeners) listener(data, stream);
        await log.write(data, stream);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    signal.throwIfAborted();
  }

  private keepEarly(data: Uint8Array, stream: 'stdout' | 'stderr'): void {
    this.earlyBytes += data.length;
    if (this.earlyBytes > mostEarly) this.early = undefined;
    // A copy: what the connection reads next may take its place.
    else this.early?.push({ data: Uint8Array.from(data), stream });
  }

  private async addDetails(): Promise<void> {
    const { git, configDigest } = await this.parts.details;
    const image = { ...this.record.image, ...(configDigest === undefined ? {} : { configDigest }) };
    this.record = { ...this.record, image, ...(git === undefined ? {} : { git }) };
    await writeRunRecord(this.file, this.record);
  }

  private async measure(signal: AbortSignal): Promise<Usage> {
    const { connection, pending, place } = this.parts;
    const usage: Usage = {};
    try {
      for await (const { memory, cpuSeconds } of containerUsage(connection, pending.container, signal)) {
        if (memory !== undefined) usage.peakMemory = Math.max(usage.peakMemory ?? 0, memory);
        if (cpuSeconds !== undefined) usage.cpuSeconds = Math.max(usage.cpuSeconds ?? 0, cpuSeconds);
      }
    } catch (error) {
      // Of a run that was not measured, all else is known.
      if (!signal.aborted) place.log.warn(`The run could not be measured: ${asFailure(error, 'Measuring').message}`);
    }
    return usage;
  }

  /** While a program writes, a copy may be of half a file: only the one after the end counts. */
  private async copyNowAndThen(signal: AbortSignal): Promise<void> {
    const { connection, pending, place } = this.parts;
    if (pending.placement.kind !== 'copied') return;
    let pause = leastBetweenCopies;
    while (await isOverAfter(pause, signal)) {
      const begin = performance.now();
      try {
        for (const folder of pending.placement.back.filter(({ isOutput }) => isOutput)) {
          const before = this.copies.get(folder.folder);
          const copied = await copyBack(connection, pending.container, folder, { signal, before });
          this.copies.set(folder.folder, copied);
        }
      } catch (error) {
        if (!signal.aborted)
          place.log.info(`Not all results could be read yet: ${asFailure(error, 'Copying').message}`);
      }
      pause = Math.max(leastBetweenCopies, (performance.now() - begin) * (1 / copyingShare - 1));
    }
  }

  /** What is to be done stays kept: the run may still be found. */
  private async lose(failure: Failure): Promise<void> {
    const { place } = this.parts;
    try {
      const lost = { when: new Date().toISOString(), why: failure.message };
      this.record = { state: 'lost', ...beginningOf(this.record), lost };
      await writeRunRecord(this.file, this.record);
    } catch (error) {
      place.log.error(`${basename(this.file)}: ${asFailure(error, 'Recording the run').message}`);
    }
    this.change({ kind: 'lost', failure });
  }

  private change(phase: RunPhase): void {
    this.known = phase;
    for (const listener of this.listeners) listener();
  }
}

/** However it was noticed: the run may go on without us. */
function lossOf(failure: Failure): Failure {
  if (!isEngineGone(failure) || failure.reason === 'engine-lost') return failure;
  const remedy = 'If the run has survived, it is picked up when the engine is back.';
  return new Failure('engine-lost', `The connection was lost: ${failure.message}`, remedy, { cause: failure });
}

async function* plain(stream: Readable): AsyncGenerator<{ stream: 'stdout'; data: Uint8Array }> {
  for await (const chunk of stream) {
    if (chunk instanceof Uint8Array) yield { stream: 'stdout', data: chunk };
  }
}

/** A program that has ended needs no signal. */
function endedAlready(error: unknown): void {
  const over = new Set<Failure['reason']>(['container-not-running', 'container-not-found']);
  if (!(error instanceof Failure) || !over.has(error.reason)) throw error;
}

/** Waits; false as soon as the signal is raised. */
function isOverAfter(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    }, milliseconds);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
