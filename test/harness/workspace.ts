import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand } from './machine/commands.js';
import { commandAs, type TestUser } from './machine/user.js';

/** A workspace that belongs to the user who runs VS Code. */
export interface Workspace {
  /** A copy of examples/estimate-pi. */
  folder: string;
  /** An empty folder beside it, for outputs and bundles. */
  scratch: string;
  remove(): Promise<void>;
}

const example = resolve(__dirname, '../../examples/estimate-pi');

/** Copies the example to where the user may write, as a git repository with one commit. */
export async function makeHostWorkspace(user: TestUser, parent = tmpdir()): Promise<Workspace> {
  const base = await mkdtemp(join(parent, 'research-containers-'));
  const folder = join(base, 'estimate-pi');
  const scratch = join(base, 'scratch');
  await mkdir(scratch);
  await cp(example, folder, {
    recursive: true,
    filter: (source) => !/\/(?:results|__pycache__|\.research-containers)(?:\/|$)/.test(source.slice(example.length)),
  });
  await runCommand(['chown', '--recursive', `${user.uid}:${user.gid}`, base]);
  const identity = ['-c', 'user.name=Research Containers', '-c', 'user.email=contributors@example.org'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '--message', 'Add the experiment'],
  ]) {
    await runCommand(commandAs(user, ['git', '-C', folder, ...identity, ...args]));
  }
  return { folder, scratch, remove: () => rm(base, { recursive: true, force: true }) };
}
