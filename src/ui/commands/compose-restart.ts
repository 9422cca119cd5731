import * as vscode from 'vscode';
import { composeRestart } from '../../compose/down.js';
import { knownProject } from '../../compose/known-project.js';
import { behindNotification } from '../behind-notification.js';
import { commandId } from '../command-table.js';
import { environmentHere } from '../compose/compose-host.js';
import { pickComposeFile } from '../compose/pick-compose-file.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { type ViewCommand } from '../view-command.js';

/** Restarts what there is of an application; what its files say by now is for “Compose Up”. */
export const composeRestartCommand: ViewCommand = async (selection, services) => {
  const target = await pickComposeFile(selection, 'Compose Restart');
  if (target === undefined) return;
  const connection = await services.engine.connect();
  const { name, elsewhere } = await knownProject(connection, target, environmentHere());
  const restarted = await behindNotification(`Restarting ${name}`, services, (work) =>
    composeRestart(connection, name, { services: target.services, except: elsewhere }, work),
  );
  if (restarted.length > 0) {
    void vscode.window.showInformationMessage(withoutLinks(oneLine(`${name} is restarted: ${restarted.join(', ')}`)));
    return;
  }
  const up = 'Compose Up';
  const chosen = await vscode.window.showInformationMessage(
    withoutLinks(oneLine(`There is no container of ${name} to restart.`)),
    up,
  );
  if (chosen === up) await vscode.commands.executeCommand(commandId('composeUp'), vscode.Uri.file(target.file));
};
