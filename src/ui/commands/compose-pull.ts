import * as vscode from 'vscode';
import { composePull, type Pulled } from '../../compose/pull.js';
import { asFailure } from '../../host/failure.js';
import { type Work } from '../../host/progress.js';
import { behindNotification } from '../behind-notification.js';
import { commandId } from '../command-table.js';
import { readApplication } from '../compose/bring-up.js';
import { imageHost } from '../compose/compose-host.js';
import { pickApplication } from '../compose/pick-compose-file.js';
import { showComposeFailure } from '../compose/show-compose-failure.js';
import { type Argument } from '../contract.js';
import { type ContractCommand } from '../contract-command.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { type Services } from '../services.js';

/** Rejects what `openApplication` and `pullImage` reject. */
export const composePullCommand: ContractCommand<'composePull'> = {
  perform: async (selection, services) => {
    const target = await pickApplication(selection, 'Compose Pull');
    if (target === undefined) return;
    let pulled: Pulled;
    try {
      pulled = await behindNotification('Pulling images', services, (work) => pull(target, work, services));
    } catch (error) {
      await showComposeFailure(asFailure(error, 'Pulling the images'), target.file, services);
      return;
    }
    const up = 'Compose Up';
    const chosen = await vscode.window.showInformationMessage(withoutLinks(oneLine(pulledText(pulled))), up);
    if (chosen === up) await vscode.commands.executeCommand(commandId('composeUp'), vscode.Uri.file(target.file));
  },
  run: async (argument, work, services) => {
    const { pulled } = await pull(argument, work, services);
    return { services: pulled.map((name) => ({ name })) };
  },
};

async function pull(argument: Argument<'composePull'>, work: Work, services: Services): Promise<Pulled> {
  const { project } = await readApplication(argument, work.signal);
  const connection = await services.engine.connect();
  return composePull(connection, project, argument.services, imageHost(services), work);
}

function pulledText({ pulled, built }: Pulled): string {
  const texts = [
    ...(pulled.length === 0 ? [] : [`Pulled the images of ${pulled.join(', ')}.`]),
    ...(built.length === 0 ? [] : [`“Compose Up” builds the images of ${built.join(', ')}.`]),
  ];
  return texts.length === 0 ? 'There is no image to pull.' : texts.join(' ');
}
