import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { installOnce } from '../machine/cache.js';
import { runCommand, type Log } from '../machine/commands.js';
import { ensurePackages } from '../machine/packages.js';

/** The versions of VS Code that tests run in: the newest one, and the oldest that the extension supports. */
export type VsCodeVersion = keyof typeof RELEASES;

interface Release {
  /** The version of npm's `code-server`, which carries the VS Code server. */
  codeServer: string;
  /** The version of Node that this server is made for. */
  node: string;
  /** The native modules that the server needs and that come without a binary for Linux. */
  nativeModules: readonly string[];
  /** Where the program for searching files belongs, if the server comes without it. */
  searchProgram?: string;
}

// A change to how an installation is made needs a higher number, or machines keep the one they have.
const RECIPE = 1;

const RELEASES = {
  '1.139': {
    codeServer: '4.139.1',
    node: '24.21.0',
    nativeModules: ['@vscode/spdlog', '@vscode/native-watchdog', '@vscode/fs-copyfile'],
  },
  '1.103': {
    codeServer: '4.103.2',
    node: '22.22.0',
    nativeModules: ['@vscode/spdlog', 'native-watchdog', 'node-pty'],
    searchProgram: '@vscode/ripgrep/bin/rg',
  },
} as const satisfies Record<string, Release>;

const NODE_GYP = '12.1.0';

interface InstallOptions {
  log: Log;
  signal?: AbortSignal;
}

/**
 * Installs the server of that version of VS Code from npm, unless this machine has it already. Answers the Node that
 * runs it and its main script; any user of the machine may read both.
 *
 * @throws Error when npm or the compiler cannot be used, or on another machine than Linux on x64 or arm64.
 */
export async function installVsCodeServer(
  version: VsCodeVersion,
  options: InstallOptions,
): Promise<{ node: string; server: string }> {
  const release: Release = RELEASES[version];
  const fill = (folder: string): Promise<void> => install(folder, release, options);
  const name = `${release.codeServer}-node${release.node}-${process.arch}-${RECIPE}`;
  const folder = await installOnce('vscode-server', name, fill, options);
  return { node: join(folder, 'node/bin/node'), server: join(folder, 'vscode/out/server-main.js') };
}

async function install(folder: string, release: Release, options: InstallOptions): Promise<void> {
  const nodePackage = nodePackageName();
  await ensurePackages(['python3', 'make', 'g++'], options.log, options);
  options.log(`Installing the VS Code server of code-server ${release.codeServer} …`);
  const packages = join(folder, 'packages');
  const node = join(folder, 'node');
  const vscode = join(folder, 'vscode');
  await unpack(`${nodePackage}@${release.node}`, packages, ['package/bin', 'package/include'], options);
  await rename(join(packages, 'package'), node);
  await unpack(`code-server@${release.codeServer}`, packages, ['package/lib/vscode'], options);
  await rename(join(packages, 'package/lib/vscode'), vscode);
  await rm(packages, { recursive: true });
  await runCommand(['npm', 'install', '--prefix', vscode, '--omit=dev', '--ignore-scripts', '--no-audit'], options);
  await buildNativeModules(folder, release, options);
  if (release.searchProgram !== undefined) {
    await copySearchProgram(join(vscode, 'node_modules', release.searchProgram), options);
  }
  await runCommand(['chmod', '--recursive', 'a+rX', folder]);
}

function nodePackageName(): string {
  if (process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')) {
    return `node-linux-${process.arch}`;
  }
  throw new Error(
    `The VS Code server for tests installs on Linux (x64, arm64) only, and this is ${process.platform} ${process.arch}. ` +
      'Install desktop VS Code, and the tests run there.',
  );
}

async function unpack(name: string, folder: string, parts: readonly string[], options: InstallOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  const packed = await runCommand(['npm', 'pack', name, '--silent', '--pack-destination', folder], options);
  await runCommand(['tar', '-xzf', join(folder, packed.trim()), '-C', folder, '--no-same-owner', ...parts], options);
}

// The modules' own install scripts are not run: some fetch from hosts that a machine may not reach, and all of them
// would build against the headers that npm is configured for instead of those of the Node that runs the server.
async function buildNativeModules(folder: string, release: Release, options: InstallOptions): Promise<void> {
  const tools = join(folder, 'tools');
  await mkdir(tools);
  const gyp = ['npm', 'install', '--prefix', tools, '--no-save', '--ignore-scripts', '--no-audit'];
  await runCommand([...gyp, `node-gyp@${NODE_GYP}`], options);
  const script = join(tools, 'node_modules/node-gyp/bin/node-gyp.js');
  const node = join(folder, 'node/bin/node');
  for (const nativeModule of release.nativeModules) {
    options.log(`Building ${nativeModule} …`);
    const target = ['--directory', join(folder, 'vscode/node_modules', nativeModule)];
    const build = [node, script, 'rebuild', ...target, '--nodedir', join(folder, 'node'), '--jobs', 'max'];
    await runCommand(build, { ...options, env: buildEnvironment(node) });
  }
  await rm(tools, { recursive: true });
}

// node-gyp prefers npm's settings in the environment to its arguments.
function buildEnvironment(node: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return { ...Object.fromEntries(kept), PATH: [dirname(node), process.env['PATH']].join(delimiter) };
}

async function copySearchProgram(target: string, options: InstallOptions): Promise<void> {
  await ensurePackages(['ripgrep'], options.log, options);
  await mkdir(dirname(target), { recursive: true });
  await copyFile('/usr/bin/rg', target);
  await chmod(target, 0o755);
}
