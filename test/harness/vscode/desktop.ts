import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { JOB_VARIABLE, type EndMessage, type Job, type Message } from '../../driver/job.js';
import { cacheFolder } from '../machine/cache.js';
import type { Log } from '../machine/commands.js';
import { waitFor } from '../machine/waiting.js';
import { messageReader, writeJob } from './messages.js';
import { QUIET_SETTINGS } from './quiet-settings.js';

interface DesktopOptions {
  /** Desktop VS Code's program, as `desktopVsCode` and `downloadDesktopVsCode` answer it. */
  executable: string;
  /** The packaged extension to install first. */
  vsix: string;
  /** The folder to open, as an absolute path; no folder when left out. */
  folder?: string;
  /** The folder that `bundleDriver` made. */
  driverFolder: string;
  /** The CommonJS module whose `run(job)` is called in the extension host. */
  testsModule: string;
  /** What else the module finds in its job. */
  job?: Pick<Job, 'files' | 'grep' | 'data'>;
  /** Settings of the user, added to those that keep VS Code's own greetings away. */
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  timeoutMs?: number;
  onMessage?: (message: Message) => void;
  log?: Log;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 600_000;
// How long the driver's last message may be on its way when VS Code has ended already.
const SETTLE_MS = 5000;

/**
 * The program of the desktop VS Code that `code` on the PATH belongs to. Nothing when there is none, or when `code` is
 * the command line of a VS Code server, of Windows seen from WSL, or of a snap, none of which test programs can start.
 */
async function desktopVsCode(): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const command = join(folder, name);
    if (!folder || !existsSync(command)) continue;
    const executable = executableOf(await realpath(command));
    if (executable !== undefined && existsSync(executable)) return executable;
  }
  return undefined;
}

/** Why no desktop VS Code can be started here, or undefined when one can. */
export function reasonForNoDesktop(): string | undefined {
  if (process.getuid?.() === 0) return 'desktop VS Code does not run as root';
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  return hasDisplay ? undefined : 'desktop VS Code needs a display';
}

/** The program of a desktop VS Code: the one on the PATH, or one that is downloaded; undefined where neither is to be had. */
export async function findDesktop(): Promise<string | undefined> {
  const cachePath = join(cacheFolder(), 'vscode-desktop');
  return (await desktopVsCode()) ?? downloadAndUnzipVSCode({ version: 'stable', cachePath }).catch(() => undefined);
}

/**
 * Runs a module in the extension host of a desktop VS Code that has only the packaged extension installed, with a
 * fresh profile, and answers how it ended.
 *
 * @throws Error when VS Code ends, or the time is over, before the module has come to its end.
 */
export async function runInDesktop(options: DesktopOptions): Promise<{ exitCode: number }> {
  const profile = await mkdtemp(join(tmpdir(), 'vscode-desktop-'));
  try {
    const profileSwitches = await makeProfile(profile, options);
    const jobFile = join(profile, 'job.json');
    const messages = await writeJob(jobFile, { module: options.testsModule, ...options.job });
    return await runDriver(options, profileSwitches, jobFile, messages);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Opens a folder in desktop VS Code with the packaged extension, in a profile that is kept for it, and leaves it open. */
export async function openDesktop(
  options: Pick<DesktopOptions, 'executable' | 'vsix' | 'settings' | 'signal'> & { folder: string },
): Promise<void> {
  const switches = await makeProfile(join(cacheFolder(), 'vscode-desktop-profile'), options);
  spawn(options.executable, [options.folder, ...switches], { detached: true, stdio: 'ignore' }).unref();
}

async function makeProfile(
  profile: string,
  options: Pick<DesktopOptions, 'executable' | 'vsix' | 'settings' | 'signal'>,
): Promise<string[]> {
  const userData = join(profile, 'user-data');
  await mkdir(join(userData, 'User'), { recursive: true });
  const settings = { ...QUIET_SETTINGS, ...options.settings };
  await writeFile(join(userData, 'User/settings.json'), JSON.stringify(settings, undefined, 2));
  const switches = [`--user-data-dir=${userData}`, `--extensions-dir=${join(profile, 'extensions')}`];
  await installExtension(switches, options);
  return switches;
}

async function installExtension(
  profileSwitches: string[],
  options: Pick<DesktopOptions, 'executable' | 'vsix' | 'signal'>,
): Promise<void> {
  // With the machine's own profile asked for, test-electron leaves the choice of the profile to the switches.
  const [cli = '', ...args] = resolveCliArgsFromVSCodeExecutablePath(options.executable, { reuseMachineInstall: true });
  const install = [...args, ...profileSwitches, '--install-extension', resolve(options.vsix)];
  // Windows starts the .cmd file of the command line only through its shell, which takes the words as they are.
  const shell = process.platform === 'win32';
  const quote = (word: string): string => (shell ? `"${word}"` : word);
  await promisify(execFile)(quote(cli), install.map(quote), { shell, signal: options.signal });
}

async function runDriver(
  options: DesktopOptions,
  profileSwitches: string[],
  jobFile: string,
  messages: string,
): Promise<{ exitCode: number }> {
  let ended: string | undefined;
  let end: EndMessage | undefined;
  const read = messageReader(messages, (message) => {
    if (message.type === 'end') end = message;
    options.onMessage?.(message);
  });
  const tests = runTests({
    vscodeExecutablePath: options.executable,
    extensionDevelopmentPath: options.driverFolder,
    extensionTestsPath: join(options.driverFolder, 'run.js'),
    // Set in the terminals of another VS Code, this would turn the program into a mere Node.
    extensionTestsEnv: { ...options.env, [JOB_VARIABLE]: jobFile, ELECTRON_RUN_AS_NODE: undefined },
    launchArgs: [...(options.folder === undefined ? [] : [options.folder]), ...profileSwitches],
  });
  const ending = tests.then(
    () => (ended = 'VS Code ended'),
    (error: unknown) => (ended = `VS Code ended: ${String(error)}`),
  );
  const readEnd = async (): Promise<EndMessage | undefined> => {
    await read();
    return end;
  };
  const explain = (): string => ended ?? 'The module is still at work.';
  const settled = async (): Promise<boolean> => (await readEnd()) !== undefined || ended !== undefined;
  const { signal } = options;
  const within = options.timeoutMs ?? TIMEOUT_MS;
  await waitFor('the tests in desktop VS Code', settled, { within, explain, ...(signal && { signal }) });
  const last = await waitFor('the end of the test module', readEnd, { within: SETTLE_MS, explain });
  if (last.error !== undefined) options.log?.(last.error);
  await ending;
  return { exitCode: last.exitCode };
}

function executableOf(cli: string): string | undefined {
  const foreign = [`${sep}remote-cli${sep}`, `${sep}.vscode-server`, '/mnt/'];
  if (foreign.some((part) => cli.includes(part))) return undefined;
  const folder = dirname(cli);
  if (process.platform === 'win32') return resolve(folder, '../Code.exe');
  if (process.platform === 'darwin') return resolve(folder, '../../../MacOS/Electron');
  return resolve(folder, '../code');
}
