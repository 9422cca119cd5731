import * as vscode from 'vscode';
import { knownProject } from '../../compose/known-project.js';
import { projectContainers } from '../../compose/observed.js';
import { serviceAddresses } from '../../compose/service-addresses.js';
import { listContainers } from '../../engine/containers.js';
import { commandId } from '../command-table.js';
import { awaitPages, firstAddresses, openPage } from '../compose/application-pages.js';
import { environmentHere, pathSetting } from '../compose/compose-host.js';
import { pickComposeFile } from '../compose/pick-compose-file.js';
import { engineHost } from '../engine-host.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { type ViewCommand } from '../view-command.js';

/** Opens the pages of an application that runs, as soon as they answer. */
export const openApplicationCommand: ViewCommand = async (selection, services) => {
  const target = await pickComposeFile(selection, 'Open Application in Browser');
  if (target === undefined) return;
  const { file, services: only } = target;
  const connection = await services.engine.connect();
  const project = await knownProject(connection, target, environmentHere());
  const containers = projectContainers(await listContainers(connection), project.name).filter(
    ({ service }) => only === undefined || only.includes(service),
  );
  const host = engineHost(connection.endpoint);
  const addresses = await serviceAddresses(containers, project.services, host, pathSetting(file));
  const what = only === undefined ? project.name : only.join(', ');
  if (addresses.size === 0) {
    const isRunning = containers.some(({ container }) => container.state === 'running');
    const up = 'Compose Up';
    const chosen = await vscode.window.showInformationMessage(
      withoutLinks(
        oneLine(
          isRunning
            ? `${what} publishes no port: name one under “ports:” of the service, then “Compose Up” again.`
            : `${what} is not running.`,
        ),
      ),
      up,
    );
    if (chosen === up) await vscode.commands.executeCommand(commandId('composeUp'), vscode.Uri.file(file));
    return;
  }
  const { pages, isCancelled } = await awaitPages(`Opening ${what}`, addresses, services);
  if (pages.size > 0) {
    await openPage(pages);
    return;
  }
  if (isCancelled) return;
  const open = 'Open Anyway';
  const logs = 'Show Logs';
  const first = firstAddresses(addresses);
  const text = `Nothing answers at ${[...first.values()].join(', ')}.`;
  const chosen = await vscode.window.showWarningMessage(withoutLinks(oneLine(text)), open, logs);
  if (chosen === open) await openPage(first);
  if (chosen === logs) await vscode.commands.executeCommand(commandId('composeLogs'), vscode.Uri.file(file));
};
