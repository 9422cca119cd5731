import { spawn, type ChildProcess } from 'node:child_process';
import { chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { JOB_VARIABLE } from '../../driver/job.js';
import { runCommand, type Log } from '../machine/commands.js';
import { commandAs, type TestUser } from '../machine/user.js';
import { waitFor } from '../machine/waiting.js';
import { installVsCodeServer, type VsCodeVersion } from './install-server.js';
import { QUIET_SETTINGS } from './quiet-settings.js';

/** A VS Code server that a browser can open. */
export interface VsCodeServer {
  url: string;
  port: number;
  /** The server's own data folder, fresh for each start. */
  dataFolder: string;
  /** Where a test driver in the server's extension host finds its job. */
  jobFile: string;
  /** Ends the server and everything that it started, and removes its data folder. */
  stop(): Promise<void>;
  /** What the server, its extension host and the extensions' output channels have logged so far. */
  logs(): Promise<string>;
}

interface ServerOptions {
  version: VsCodeVersion;
  /** The user that the server, the extensions and the terminals run as. */
  user: TestUser;
  /** The packaged extension to install first. */
  vsix?: string;
  /** Settings of the user, added to those that keep VS Code's own greetings away. */
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Any free port when left out. */
  port?: number;
  /** Whether all folders count as trusted without asking; so by default. */
  trustDisabled?: boolean;
  log: Log;
  signal?: AbortSignal;
}

const START_MS = 60_000;
const END_MS = 10_000;
const TAIL = 6000;

/**
 * Starts a VS Code server with a fresh data folder on the loopback interface, and installs it first where needed.
 *
 * @throws Error with the tail of the server's log when it does not answer within a minute.
 */
export async function startVsCodeServer(options: ServerOptions): Promise<VsCodeServer> {
  const { node, server } = await installVsCodeServer(options.version, options);
  const dataFolder = await makeDataFolder(options);
  try {
    const command = [node, server, '--server-data-dir', dataFolder, '--accept-server-license-terms'];
    if (options.vsix !== undefined) await installExtension(command, dataFolder, options.vsix, options);
    return await start(command, dataFolder, options);
  } catch (error) {
    await rm(dataFolder, { recursive: true, force: true });
    throw error;
  }
}

async function start(command: string[], dataFolder: string, options: ServerOptions): Promise<VsCodeServer> {
  const switches = ['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--without-connection-token'];
  // The browser's extension hosts would otherwise outlive their pages for hours.
  switches.push('--reconnection-grace-time', '5', '--telemetry-level', 'off');
  if (options.trustDisabled !== false) switches.push('--disable-workspace-trust');
  // Sockets and temporary files go where they are removed with the rest; another user's runtime folder is closed anyway.
  const temporary = join(dataFolder, 'tmp');
  const own = { TMPDIR: temporary, XDG_RUNTIME_DIR: temporary, [JOB_VARIABLE]: jobFile(dataFolder) };
  const env = { ...own, ...options.env };
  const [program = '', ...args] = asUser({ ...options, env }, [...command, ...switches]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, cwd: dataFolder });
  const output = collectOutput(child);
  const endAtOnce = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  };
  // A harness that crashes takes its servers along.
  process.once('exit', endAtOnce);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    process.off('exit', endAtOnce);
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await waitFor('the VS Code server', () => answeringPort(child, output), {
      within: START_MS,
      explain: output,
      ...(options.signal && { signal: options.signal }),
    });
    const logs = async (): Promise<string> => `${output()}\n${await readLogs(join(dataFolder, 'data/logs'))}`;
    return { url: `http://127.0.0.1:${port}`, port, dataFolder, jobFile: jobFile(dataFolder), stop, logs };
  } catch (error) {
    await stop();
    throw error;
  }
}

function jobFile(dataFolder: string): string {
  return join(dataFolder, 'jobs/job.json');
}

function asUser(options: ServerOptions, command: readonly string[]): string[] {
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  // A server that is started from VS Code's own terminal would otherwise take itself for a part of that one.
  const foreign = Object.keys(process.env).filter((name) => /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS)/.test(name));
  const unset = foreign.flatMap((name) => ['--unset', name]);
  return commandAs(options.user, ['env', ...unset, ...variables, ...command]);
}

async function makeDataFolder(options: ServerOptions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vscode-server-'));
  const settings = JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, undefined, 2);
  const owned = [folder];
  for (const part of ['data', 'data/User', 'data/Machine', 'jobs', 'tmp']) {
    await mkdir(join(folder, part));
    owned.push(join(folder, part));
  }
  const userSettings = join(folder, 'data/User/settings.json');
  await writeFile(userSettings, settings);
  // Settings of the scope "machine" are read only from the remote machine's own file.
  const machineSettings = join(folder, 'data/Machine/settings.json');
  await writeFile(machineSettings, JSON.stringify(options.settings ?? {}, undefined, 2));
  owned.push(userSettings, machineSettings);
  for (const path of owned) await chown(path, options.user.uid, options.user.gid);
  return folder;
}

// The user that the server runs as may not be able to read the checkout.
async function installExtension(
  command: readonly string[],
  dataFolder: string,
  vsix: string,
  options: ServerOptions,
): Promise<void> {
  const copy = join(dataFolder, basename(vsix));
  await copyFile(vsix, copy);
  await chown(copy, options.user.uid, options.user.gid);
  const install = [...command, '--install-extension', copy];
  const output = await runCommand(asUser(options, install), options);
  if (!output.includes('successfully installed')) throw new Error(`VS Code did not install ${vsix}: ${output}`);
  await rm(copy);
}

function collectOutput(child: ChildProcess): () => string {
  let output = '';
  const add = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  child.on('error', (error) => {
    output += error.message;
  });
  return () => output.slice(-TAIL);
}

async function answeringPort(child: ChildProcess, output: () => string): Promise<number | undefined> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    throw new Error(`The VS Code server ended at once: ${output()}`);
  }
  const port = Number(/Extension host agent listening on (\d+)/.exec(output())?.[1]);
  if (Number.isNaN(port)) return undefined;
  const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
  return answer?.ok ? port : undefined;
}

async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const gone = (): boolean => !signalGroup(pid, 0);
  signalGroup(pid, 'SIGTERM');
  try {
    await waitFor('the end of the VS Code server', gone, { within: END_MS });
  } catch {
    signalGroup(pid, 'SIGKILL');
    await waitFor('the end of the killed VS Code server', gone, { within: END_MS });
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

async function readLogs(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const parts: string[] = [];
  for (const file of files) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const text = (await readFile(path, 'utf8')).trim();
    if (text) parts.push(`--- ${path.slice(folder.length + 1)}\n${text.slice(-TAIL)}`);
  }
  return parts.join('\n');
}
