import * as vscode from 'vscode';
import { Failure } from '../../host/failure.js';
import { engineHost } from '../engine-host.js';
import { MountNode, PortNode, webPorts } from '../explorer/container-nodes.js';
import { pickContainers } from '../pick.js';
import { type Selection } from '../selection.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';

export const openInBrowserCommand: ViewCommand = async (selection, services) => {
  const port = await pickPort(selection, services);
  if (port === undefined) return;
  const { state } = services.engine;
  const host = state.kind === 'connected' ? engineHost(state.endpoint) : 'localhost';
  await vscode.env.openExternal(vscode.Uri.parse(`http://${host}:${port}/`));
};

async function pickPort(selection: Selection, services: Services): Promise<number | undefined> {
  const node = selection.kind === 'nodes' ? selection.nodes[0] : undefined;
  if (node instanceof PortNode) return node.hostPort;
  const [container] =
    (await pickContainers(selection, services, 'Open in Browser', (each) => webPorts(each).length > 0)) ?? [];
  if (container === undefined) return undefined;
  const ports = webPorts(container);
  if (ports.length === 1) return ports[0];
  const chosen = await vscode.window.showQuickPick(ports.map(String), { title: 'Which port?' });
  return chosen === undefined ? undefined : Number(chosen);
}

export const openMountCommand: ViewCommand = async (selection, services) => {
  const node = selection.kind === 'nodes' ? selection.nodes[0] : undefined;
  if (!(node instanceof MountNode)) return;
  switch (node.mount.type) {
    case 'volume':
      await services.explorer.revealVolume(node.mount.name);
      return;
    case 'bind':
      await openFolder(node.mount.source, services);
      return;
    case 'other':
      return;
  }
};

async function openFolder(path: string, { engine }: Services): Promise<void> {
  const { state } = engine;
  const remote = state.kind === 'connected' && engineHost(state.endpoint) !== 'localhost';
  const uri = vscode.Uri.file(path);
  const known = remote ? undefined : await typeOf(uri);
  if (known === undefined) {
    throw new Failure(
      'file-unreadable',
      `${path} is not on this machine.`,
      remote
        ? "It is a path of the engine's host."
        : 'It may have been removed, or be a path inside a virtual machine.',
    );
  }
  if (known === vscode.FileType.File) await vscode.window.showTextDocument(uri);
  else if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) {
    await vscode.commands.executeCommand('revealInExplorer', uri);
  } else await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
}

async function typeOf(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch {
    return undefined;
  }
}
