import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, stateFolder } from '../machine/cache.js';
import { isRunning } from '../machine/processes.js';
import { answersPing } from './ask.js';

export const ENGINE_NAMES = ['20.10', '28', '28-containerd'] as const;

const ROOT = 0;

/** The engines that tests run against; `28-small` only those of a full disk, for it has 64 MB. */
export type EngineName = (typeof ENGINE_NAMES)[number] | '28-small';

/** An engine that answers. */
export interface RunningEngine {
  name: EngineName;
  /** The engine's own version, such as 28.5.2. */
  version: string;
  /** For DOCKER_HOST: `unix://` and the socket's path. */
  host: string;
  socket: string;
  /** The engine's IPv4 address, where this machine reaches the ports that containers publish. */
  address: string;
  /** The init of the engine's namespaces, as this machine counts processes. */
  pid: number;
}

/** What is noted down of an engine for other processes. */
export interface EngineRecord extends RunningEngine {
  startTime: string;
}

/** Where an engine's socket, pid and log are. */
export function engineState(name: EngineName): string {
  // Root's, whoever asks: engines run as root and are found and used by tests that do not.
  return join(stateFolder(ROOT), 'engines', name);
}

/** Where an engine's images, containers and volumes are, and what its registry holds. */
export function engineData(name: EngineName): string {
  return join(cacheFolder(), 'engines', name);
}

/** Whether the text names one of the engines that all tests run against. */
export function isEngineName(text: string): text is (typeof ENGINE_NAMES)[number] {
  return ENGINE_NAMES.some((name) => name === text);
}

/** What was noted down when the engine was started, whether or not it still runs. */
export async function readRecord(name: EngineName): Promise<EngineRecord | undefined> {
  const text = await readFile(recordFile(name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record: unknown = JSON.parse(text);
  return isRecord(record) && record.name === name ? record : undefined;
}

export async function writeRecord(record: EngineRecord): Promise<void> {
  await writeFile(recordFile(record.name), `${JSON.stringify(record, null, 2)}\n`);
}

export async function removeRecord(name: EngineName): Promise<void> {
  await rm(recordFile(name), { force: true });
}

/** The engine, when it runs and answers. */
export async function findRunning(name: EngineName): Promise<RunningEngine | undefined> {
  const record = await readRecord(name);
  if (record === undefined || !(await isRunning(record)) || !(await answersPing(record.socket))) return undefined;
  const { version, host, socket, address, pid } = record;
  return { name, version, host, socket, address, pid };
}

/** All test engines that run and answer, whichever process started them. */
export async function runningEngines(): Promise<RunningEngine[]> {
  const found = await Promise.all(ENGINE_NAMES.map((name) => findRunning(name)));
  return found.filter((engine) => engine !== undefined);
}

function recordFile(name: EngineName): string {
  return join(engineState(name), 'engine.json');
}

function isRecord(value: unknown): value is EngineRecord {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['name', 'version', 'host', 'socket', 'address', 'startTime'];
  return (
    'pid' in value && typeof value.pid === 'number' && texts.every((key) => typeof Reflect.get(value, key) === 'string')
  );
}
