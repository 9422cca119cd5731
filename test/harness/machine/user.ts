import { userInfo } from 'node:os';
import { runCommand } from './commands.js';

/** A user of this machine that tests run programs as. */
export interface TestUser {
  name: string;
  uid: number;
  gid: number;
  /** All groups the user is in, as numbers, the own one included. */
  groups: number[];
  home: string;
}

const TEST_USER = 'research';
const ENGINE_GROUP = 'docker';

/**
 * The unprivileged user that tests about ownership and permission run as: `research`, in the group `docker`, made when
 * missing. When this process is not root, the user it runs as.
 */
export async function ensureTestUser(): Promise<TestUser> {
  if (process.getuid?.() !== 0) return describeUser(userInfo().username);
  await ensureEngineGroup();
  if ((await lookUp('passwd', TEST_USER)) === undefined) {
    await runCommand(['useradd', '--create-home', '--shell', '/bin/bash', TEST_USER]);
  }
  await runCommand(['usermod', '--append', '--groups', ENGINE_GROUP, TEST_USER]);
  return describeUser(TEST_USER);
}

/** The number of the group whose members may use the test engines' sockets; made when missing. */
export async function ensureEngineGroup(): Promise<number> {
  const entry = await lookUp('group', ENGINE_GROUP);
  if (entry !== undefined) return Number(entry[2]);
  await runCommand(['groupadd', '--system', ENGINE_GROUP]);
  return ensureEngineGroup();
}

/** The command line that runs `command` as that user, with all of the user's groups and the user's HOME. */
export function commandAs(user: TestUser, command: readonly string[]): string[] {
  if (process.getuid?.() === user.uid) return [...command];
  const switchUser = ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--'];
  const identity = Object.entries(identityOf(user)).map(([name, value]) => `${name}=${value}`);
  return [...switchUser, 'env', ...identity, ...command];
}

function identityOf(user: TestUser): Record<string, string> {
  return { HOME: user.home, USER: user.name, LOGNAME: user.name };
}

async function describeUser(name: string): Promise<TestUser> {
  const groups = (await runCommand(['id', '--groups', name])).trim().split(' ').map(Number);
  const uid = Number(await runCommand(['id', '--user', name]));
  const gid = Number(await runCommand(['id', '--group', name]));
  const home = (await lookUp('passwd', name))?.[5] ?? userInfo().homedir;
  return { name, uid, gid, groups, home };
}

async function lookUp(database: 'passwd' | 'group', name: string): Promise<string[] | undefined> {
  try {
    return (await runCommand(['getent', database, name])).trim().split(':');
  } catch {
    return undefined;
  }
}
