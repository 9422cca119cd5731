import { spawn, type ChildProcess } from 'node:child_process';
import { open, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, stateFolder } from '../machine/cache.js';
import { requireRoot, type Log } from '../machine/commands.js';
import { withLock } from '../machine/lock.js';
import { ensurePackages } from '../machine/packages.js';
import { identify } from '../machine/processes.js';
import { ensureEngineGroup } from '../machine/user.js';
import { waitFor } from '../machine/waiting.js';
import { answersPing, askEngine } from './ask.js';
import { endEngine } from './end.js';
import { engineData, engineState, findRunning, writeRecord, type EngineName, type RunningEngine } from './state.js';
import { ensureTree, type Suite } from './trees.js';

interface Flavour {
  suite: Suite;
  /** What the engine's version begins with. */
  version: string;
  options: readonly string[];
  /** The third byte of the engine's subnet. */
  subnet: number;
  /** How large the disk is that its data are on, as tmpfs takes it; this machine's where undefined. */
  disk?: string;
}

const FLAVOURS: Record<EngineName, Flavour> = {
  '20.10': { suite: 'bookworm', version: '20.10.', options: ['--storage-driver=overlay2'], subnet: 1 },
  '28': {
    suite: 'sid',
    version: '28.',
    options: ['--storage-driver=overlay2', '--feature', 'containerd-snapshotter=false'],
    subnet: 2,
  },
  '28-containerd': { suite: 'sid', version: '28.', options: ['--feature', 'containerd-snapshotter=true'], subnet: 3 },
  '28-small': {
    suite: 'sid',
    version: '28.',
    options: ['--storage-driver=overlay2', '--feature', 'containerd-snapshotter=false'],
    subnet: 4,
    disk: '64m',
  },
};

/** All engines' subnets; a registry there may be talked to without TLS. */
const ENGINE_NETWORK = '10.213.0.0/16';
const UP_WITHIN_MS = 60_000;
const LOG_TAIL = 3000;
// Everything else at the top of the file system is the machine's work (homes, checkouts, /tmp, /srv, mounts), and an
// engine sees it at the same path, since it mounts the paths it is given as they are.
const SYSTEM_FOLDERS = new Set(
  'bin boot dev etc lib lib32 lib64 libx32 lost+found opt proc run sbin sys usr var'.split(' '),
);

/**
 * Starts a test engine in namespaces of its own, or answers the one that already runs, whichever process started it.
 * It outlives this process and keeps its images from one start to the next. Its containers reach this machine but not
 * the world. The folders at the top of the file system that are not the system's own (as well as /var/tmp) can be bind
 * mounted into containers by their paths here.
 *
 * @throws Error with the tail of the engine's log when it does not answer within 60 s; when this process is not root;
 * when the engine's packages cannot be had; the signal's reason when aborted.
 */
export async function startEngine(
  name: EngineName,
  options: { log: Log; signal?: AbortSignal },
): Promise<RunningEngine> {
  const running = await findRunning(name);
  if (running !== undefined) return running;
  requireRoot('Starting a test engine');
  await ensurePackages(['iproute2'], options.log, options);
  const tree = await ensureTree(FLAVOURS[name].suite, options.log, options);
  return withLock(
    `engine-${name}`,
    async () => (await findRunning(name)) ?? (await launch(name, tree, options)),
    options,
  );
}

async function launch(
  name: EngineName,
  tree: string,
  options: { log: Log; signal?: AbortSignal },
): Promise<RunningEngine> {
  const begin = performance.now();
  // One that runs but does not answer, or what is left of one that died.
  await endEngine(name, linkName(name));
  const state = engineState(name);
  await mkdir(join(state, 'root'), { recursive: true });
  await mkdir(engineData(name), { recursive: true });
  const socket = join(state, 'docker.sock');
  const pidFile = join(state, 'init.pid');
  await rm(pidFile, { force: true });
  const logFile = join(state, 'engine.log');
  const child = await spawnEngine(name, { tree, state, socket, pidFile, logFile });
  try {
    let failure: string | undefined;
    child.on('error', (error) => (failure = error.message));
    child.on('exit', (status) => (failure = `It ended with status ${status ?? 'unknown'}.`));
    const explain = async (): Promise<string> => `The end of ${logFile}:\n${(await readLog(logFile)).slice(-LOG_TAIL)}`;
    const isUp = async (): Promise<boolean> => {
      if (failure !== undefined) throw new Error(`Engine ${name} did not start. ${failure} ${await explain()}`);
      return answersPing(socket, options);
    };
    await waitFor(`engine ${name} to answer`, isUp, { within: UP_WITHIN_MS, explain, ...options });
  } catch (error) {
    child.kill('SIGKILL');
    await endEngine(name, linkName(name));
    throw error;
  }
  child.removeAllListeners();
  child.unref();
  const init = await identify(Number(await readFile(pidFile, 'utf8')));
  const version = versionIn(await askEngine(socket, '/version'));
  const engine = { name, version, host: `unix://${socket}`, socket, address: `${subnet(name)}.2`, pid: init.pid };
  await writeRecord({ ...engine, startTime: init.startTime });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  options.log(`Engine ${version} (${name}) answers at ${engine.host} after ${seconds} s.`);
  if (!version.startsWith(FLAVOURS[name].version)) {
    options.log(`Debian ${FLAVOURS[name].suite} has engine ${version} by now: "${name}" is only a name.`);
  }
  return engine;
}

interface Places {
  tree: string;
  state: string;
  socket: string;
  pidFile: string;
  logFile: string;
}

async function spawnEngine(name: EngineName, places: Places): Promise<ChildProcess> {
  const data = join(engineData(name), 'data');
  await mkdir(data, { recursive: true });
  const daemon = [
    'dockerd',
    `--host=unix://${places.socket}`,
    `--group=${await ensureEngineGroup()}`,
    `--data-root=${data}`,
    '--exec-root=/run/docker',
    '--pidfile=/run/docker.pid',
    `--insecure-registry=${ENGINE_NETWORK}`,
    ...FLAVOURS[name].options,
  ];
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL'];
  const env = {
    PATH: process.env['PATH'],
    TREE: places.tree,
    WORK: join(places.state, 'root'),
    SHARED: (await sharedFolders()).join('\n'),
    LINK: linkName(name),
    SUBNET: subnet(name),
    HOST_NET: `/proc/${process.pid}/ns/net`,
    PID_FILE: places.pidFile,
    DATA: data,
    DISK: FLAVOURS[name].disk ?? '',
  };
  const log = await open(places.logFile, 'w');
  try {
    const stdio = ['ignore' as const, log.fd, log.fd];
    return spawn('unshare', [...namespaces, join(__dirname, 'enter.sh'), ...daemon], { detached: true, env, stdio });
  } finally {
    await log.close();
  }
}

async function sharedFolders(): Promise<string[]> {
  const top = await readdir('/', { withFileTypes: true });
  const ours = top.filter((entry) => entry.isDirectory() && !SYSTEM_FOLDERS.has(entry.name));
  await mkdir(cacheFolder(), { recursive: true });
  return [...ours.map((entry) => `/${entry.name}`), '/var/tmp', cacheFolder(), stateFolder()];
}

/** The name of the veth pair's end on this machine's side. */
export function linkName(name: EngineName): string {
  return `rcveth${FLAVOURS[name].subnet}`;
}

function subnet(name: EngineName): string {
  return `10.213.${FLAVOURS[name].subnet}`;
}

function versionIn(answer: string): string {
  const parsed: unknown = JSON.parse(answer);
  const version = typeof parsed === 'object' && parsed !== null && 'Version' in parsed ? parsed.Version : undefined;
  if (typeof version !== 'string') throw new Error(`An engine answered GET /version without a version: ${answer}`);
  return version;
}

function readLog(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '(there is no log)');
}
