import * as v from 'valibot';
import * as vscode from 'vscode';
import { forgetSignIn, keepSignIn } from '../../engine/registry/sign-ins.js';
import { parseReference } from '../../image/reference.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';

/** The hosts that have a sign-in, as JSON beside the sign-ins: like them, they hold for all workspaces. */
const hostsKey = 'registry-hosts';
const hostList = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

export const signInCommand: ViewCommand = async (_selection, services) => {
  const title = 'Sign In to Registry';
  const host = await vscode.window.showInputBox({
    title: `${title} (1/3)`,
    prompt: 'The registry’s host; “docker.io” is Docker Hub',
    placeHolder: 'ghcr.io, registry.gitlab.com, docker.io, localhost:5000',
    value: 'ghcr.io',
    validateInput: (text) => {
      const parsed = parseReference(`${text.trim()}/x`);
      return parsed.ok && parsed.reference.domain === text.trim()
        ? undefined
        : 'A host, such as ghcr.io, without https://.';
    },
    ignoreFocusOut: true,
  });
  if (host === undefined) return;
  const username = await vscode.window.showInputBox({
    title: `${title} (2/3)`,
    prompt: `Your name at ${host.trim()}`,
    validateInput: (text) => (text.trim() === '' ? 'A name is needed.' : undefined),
    ignoreFocusOut: true,
  });
  if (username === undefined) return;
  const password = await vscode.window.showInputBox({
    title: `${title} (3/3)`,
    prompt: 'An access token (better) or your password. It is kept in VS Code’s secret storage.',
    password: true,
    validateInput: (text) => (text === '' ? 'A token or password is needed.' : undefined),
    ignoreFocusOut: true,
  });
  if (password === undefined) return;
  const credentials = { kind: 'password', username: username.trim(), password } as const;
  await keepSignIn(services.secrets, host.trim(), credentials);
  const hosts = new Set([...(await signedIn(services)), host.trim()]);
  await services.secrets.store(hostsKey, JSON.stringify([...hosts].sort()));
  vscode.window.setStatusBarMessage(`$(key) The sign-in for ${host.trim()} is kept.`, 5000);
};

export const signOutCommand: ViewCommand = async (_selection, services) => {
  const hosts = await signedIn(services);
  if (hosts.length === 0) {
    void vscode.window.showInformationMessage(
      'No sign-in is kept here. What “docker login” has kept is left to “docker logout”.',
    );
    return;
  }
  const host = await vscode.window.showQuickPick(hosts, {
    title: 'Sign Out of Registry',
    placeHolder: 'Forget the sign-in for which registry?',
  });
  if (host === undefined) return;
  await forgetSignIn(services.secrets, host);
  await services.secrets.store(hostsKey, JSON.stringify(hosts.filter((each) => each !== host)));
  vscode.window.setStatusBarMessage(`$(key) The sign-in for ${host} is forgotten.`, 5000);
};

async function signedIn({ secrets }: Services): Promise<string[]> {
  const parsed = v.safeParse(hostList, await secrets.get(hostsKey));
  return parsed.success ? parsed.output : [];
}
