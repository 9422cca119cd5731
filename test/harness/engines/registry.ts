import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { requireRoot, runCommand, type Log } from '../machine/commands.js';
import { withLock } from '../machine/lock.js';
import { identify, isRunning, signalProcess, type ProcessIdentity } from '../machine/processes.js';
import { waitFor } from '../machine/waiting.js';
import { commandInside } from './inside.js';
import { engineData, engineState, type EngineName, type RunningEngine } from './state.js';

const PORT = 5000;
const UP_WITHIN_MS = 20_000;
const GONE_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 2000;
const LOG_TAIL = 3000;

interface Login {
  user: string;
  password: string;
}

/** A registry that answers. */
export interface RunningRegistry {
  /** `127.0.0.1:5000`: how the engine, and only the engine, reaches it. */
  address: string;
  /** The same registry under a name that the engine and this machine both reach it by; without TLS, too. */
  sharedAddress: string;
  stop: () => Promise<void>;
}

interface RegistryRecord extends ProcessIdentity {
  startTime: string;
  /** Tells one login from another without holding it. */
  login: string;
}

/**
 * Starts a registry beside the engine, in its network, or answers the one that runs with the same login. It ends with
 * the engine at the latest; what was pushed is kept with the engine's data.
 *
 * @throws Error with the tail of the registry's log when it does not answer within 20 s, or this process is not root.
 */
export async function startRegistry(
  engine: RunningEngine,
  options: { log: Log; htpasswd?: Login; signal?: AbortSignal },
): Promise<RunningRegistry> {
  requireRoot('Starting a registry');
  const login = createHash('sha256')
    .update(JSON.stringify(options.htpasswd ?? null))
    .digest('hex');
  await withLock(`registry-${engine.name}`, async () => {
    const record = await readRecord(engine.name);
    if (record?.login === login && (await isRunning(record)) && (await answers(engine.address))) return;
    await end(engine.name);
    await launch(engine, login, options);
  });
  return {
    address: `127.0.0.1:${PORT}`,
    sharedAddress: `${engine.address}:${PORT}`,
    stop: async () => {
      await stopRegistry(engine.name);
    },
  };
}

/** Ends the engine's registry and keeps what was pushed to it. Answers whether it was running. */
export function stopRegistry(name: EngineName): Promise<boolean> {
  return withLock(`registry-${name}`, () => end(name));
}

async function launch(
  engine: RunningEngine,
  login: string,
  options: { log: Log; htpasswd?: Login; signal?: AbortSignal },
): Promise<void> {
  const folder = join(engineData(engine.name), 'registry');
  await mkdir(join(folder, 'storage'), { recursive: true });
  const configuration = join(folder, 'config.json');
  await writeFile(configuration, JSON.stringify(await configure(folder, options.htpasswd)));
  const logFile = join(engineState(engine.name), 'registry.log');
  const log = await open(logFile, 'w');
  const [program = '', ...args] = commandInside(engine, ['docker-registry', 'serve', configuration]);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  let failure: string | undefined;
  child.on('error', (error) => (failure = error.message));
  child.on('exit', (status) => (failure = `It ended with status ${status ?? 'unknown'}.`));
  const explain = async (): Promise<string> => (await readFile(logFile, 'utf8')).slice(-LOG_TAIL);
  const isUp = async (): Promise<boolean> => {
    if (failure !== undefined) throw new Error(`The registry did not start. ${failure}\n${await explain()}`);
    return answers(engine.address);
  };
  try {
    await waitFor('the registry to answer', isUp, { ...options, within: UP_WITHIN_MS, explain });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  child.removeAllListeners();
  child.unref();
  const record: RegistryRecord = { ...(await identify(child.pid ?? 0)), login };
  await writeFile(recordFile(engine.name), JSON.stringify(record));
  options.log(`A registry answers at ${engine.address}:${PORT}; for engine ${engine.name} also at 127.0.0.1:${PORT}.`);
}

async function configure(folder: string, login: Login | undefined): Promise<object> {
  const passwords = join(folder, 'htpasswd');
  if (login !== undefined) await writeFile(passwords, `${login.user}:${await hashPassword(login.password)}\n`);
  const auth = login === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: passwords } } };
  const storage = { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } };
  return { version: 0.1, log: { level: 'info' }, storage, http: { addr: `:${PORT}` }, ...auth };
}

// The registry takes bcrypt only, which Node does not have and the crypt of every Debian does.
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(11).toString('hex').slice(0, 21);
  const script = 'my $p = <STDIN>; print crypt($p, $ARGV[0])';
  return runCommand(['perl', '-e', script, `$2b$05$${salt}.`], { input: password });
}

async function end(name: EngineName): Promise<boolean> {
  const record = await readRecord(name);
  const ended = record !== undefined && (await signalProcess(record, 'SIGTERM'));
  if (ended) {
    const isGone = async (): Promise<boolean> => !(await isRunning(record));
    await waitFor('the registry to end', isGone, { within: GONE_WITHIN_MS });
  }
  await rm(recordFile(name), { force: true });
  return ended;
}

function recordFile(name: EngineName): string {
  return join(engineState(name), 'registry.json');
}

async function readRecord(name: EngineName): Promise<RegistryRecord | undefined> {
  const text = await readFile(recordFile(name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is RegistryRecord {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['startTime', 'login'];
  return (
    'pid' in value && typeof value.pid === 'number' && texts.every((key) => typeof Reflect.get(value, key) === 'string')
  );
}

// A registry that asks for a login answers 401: it is there.
function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: address, port: PORT, path: '/v2/', timeout: ANSWER_WITHIN_MS, agent: false };
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200 || response.statusCode === 401);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => {
      resolve(false);
    });
    asked.end();
  });
}
