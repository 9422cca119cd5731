import * as vscode from 'vscode';
import { type EngineConnection } from '../../engine/connection.js';
import { inspectContainer } from '../../engine/containers.js';
import { type ContractCommand } from '../contract-command.js';
import { pickContainers } from '../pick.js';
import { withoutLinks } from '../plain-text.js';
import { type Selection } from '../selection.js';
import { type Services } from '../services.js';
import { openAttachTerminal } from '../shell/attach-terminal.js';
import { openShellTerminal } from '../shell/shell-terminal.js';
import { type ViewCommand } from '../view-command.js';

export const openShellCommand: ContractCommand<'openShell'> = {
  perform: async (selection, services) => {
    await onEach(selection, services, 'Open Shell', (connection, container, signal) =>
      openShellTerminal(connection, container, services, signal),
    );
  },
  run: async ({ container }, { signal }, services) => {
    const connection = await services.engine.connect();
    const { id, name } = await inspectContainer(connection, container, signal);
    await openShellTerminal(connection.another(), { id, name }, services, signal);
    return undefined;
  },
};

export const attachContainerCommand: ViewCommand = (selection, services) =>
  onEach(selection, services, 'Attach Terminal', (connection, container, signal) =>
    openAttachTerminal(connection, container, services, signal),
  );

/** Opens a terminal for each running container that a person chose, over a connection of its own: another engine may be selected. */
async function onEach(
  selection: Selection,
  services: Services,
  title: string,
  open: (connection: EngineConnection, container: { id: string; name: string }, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const containers = await pickContainers(selection, services, title, ({ state }) => state === 'running');
  if (containers === undefined) return;
  const connection = await services.engine.connect();
  const { signal } = new AbortController();
  for (const container of containers) {
    const progress = { location: vscode.ProgressLocation.Window, title: withoutLinks(`${title}: ${container.name}`) };
    await vscode.window.withProgress(progress, () => open(connection.another(), container, signal));
  }
}
