import { type Duplex, type Readable } from 'node:stream';
import { basename } from 'node:path';
import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { stopContainer } from '../engine/container-operations.js';
import { resizeTerminal, signalContainer, waitForExit } from '../engine/container-process.js';
import { containerUsage } from '../engine/container-usage.js';
import { asFailure, cancelled, Failure, isEngineGone } from '../host/failure.js';
import { type FinishedRecord, type RunningRecord, type RunRecord, beginningOf, writeRunRecord } from './record.js';
import { type Copied } from './copy-from-container.js';
import { copyWhileRunning } from './copy-while-running.js';
import { finishRun, type Usage } from './finish-run.js';
import { type Claim, type PendingRun } from './pending.js';
import { type RunLog } from './run-log.js';
import { RunOutput } from './run-output.js';
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

/** A run that goes on: what it prints, and how it comes to its end and into its record. */
export class LiveRun {
  private record: RunRecord;
  private known: RunPhase = { kind: 'running' };
  private readonly output = new RunOutput();
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
    return this.output.onOutput(listener);
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
    const copying = copyWhileRunning(connection, pending, this.copies, place, watching.signal);
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

  private listen(log: RunLog): Promise<void> {
    const write = (data: Uint8Array, stream: 'stdout' | 'stderr'): Promise<void> => log.write(data, stream);
    return this.output.read(this.parts.ears.output, this.record.interactive, write, this.controller.signal);
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

/** A program that has ended needs no signal. */
function endedAlready(error: unknown): void {
  const over = new Set<Failure['reason']>(['container-not-running', 'container-not-found']);
  if (!(error instanceof Failure) || !over.has(error.reason)) throw error;
}
