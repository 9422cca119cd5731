import * as vscode from 'vscode';
import { composeDown, type Removed } from '../../compose/down.js';
import { knownProject } from '../../compose/known-project.js';
import { observe, type Observed } from '../../compose/observed.js';
import { type EngineConnection } from '../../engine/connection.js';
import { type Work } from '../../host/progress.js';
import { behindNotification } from '../behind-notification.js';
import { environmentHere } from '../compose/compose-host.js';
import { holdingsText, keptText, removedText } from '../compose/holdings-text.js';
import { pickComposeFile } from '../compose/pick-compose-file.js';
import { counted, mostNamed } from '../confirm.js';
import { type ContractCommand } from '../contract-command.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { type Services } from '../services.js';

type What = 'containers' | 'volumes-too';

/** Rejects `openApplication`'s reasons where the file cannot be read and nothing was made from it, and those of removals. */
export const composeDownCommand: ContractCommand<'composeDown'> = {
  perform: async (selection, services) => {
    const target = await pickComposeFile(selection, 'Compose Down');
    if (target === undefined) return;
    const connection = await services.engine.connect();
    const { name, elsewhere } = await knownProject(connection, target, environmentHere());
    const observed = without(elsewhere, await observe(connection, name));
    const { containers, networks, volumes } = observed;
    if (containers.length + networks.length + volumes.length === 0) {
      await vscode.window.showInformationMessage(
        withoutLinks(oneLine(`There is nothing of ${name} on the engine: nothing to remove.`)),
      );
      return;
    }
    const what = await askWhat(name, observed);
    if (what === undefined) return;
    const removed = await behindNotification(`Removing ${name}`, services, (work) =>
      remove(connection, { name, except: elsewhere, volumes: what === 'volumes-too' }, work, services),
    );
    const kept = what === 'containers' && volumes.length > 0 ? ` ${counted(volumes.length, 'volume')} kept.` : '';
    void vscode.window.showInformationMessage(
      withoutLinks(oneLine(`${name} is down: ${removedText(removed)} removed.${kept}${keptText(removed)}`)),
    );
  },
  run: async (argument, work, services) => {
    const connection = await services.engine.connect();
    const { name, elsewhere } = await knownProject(connection, argument, environmentHere(), work.signal);
    const { containers } = without(elsewhere, await observe(connection, name, work.signal));
    const wanted = { name, except: elsewhere, services: argument.services, volumes: argument.volumes ?? false };
    const removed = await remove(connection, wanted, work, services);
    const gone = containers.filter(({ container }) => removed.containers.includes(container.name));
    return { services: [...new Set(gone.map(({ service }) => service))].map((service) => ({ name: service })) };
  },
};

interface Wanted {
  name: string;
  /** Identifiers of containers that are another application's. */
  except: readonly string[];
  /** All where undefined. */
  services?: string[] | undefined;
  volumes: boolean;
}

async function remove(
  connection: EngineConnection,
  { name, except, services: only, volumes }: Wanted,
  work: Work,
  { files }: Services,
): Promise<Removed> {
  // What looks into volumes would keep them in use.
  if (volumes) await files.leaveAll();
  return composeDown(connection, name, { services: only, volumes, except }, work);
}

function without(elsewhere: readonly string[], observed: Observed): Observed {
  return { ...observed, containers: observed.containers.filter(({ container }) => !elsewhere.includes(container.id)) };
}

/** Names all that would be removed; undefined when a person changed their mind. */
async function askWhat(name: string, observed: Observed): Promise<What | undefined> {
  const lines = holdingsText(observed);
  const volumes = observed.volumes.map((volume) => volume.name);
  const down = 'Remove';
  const all = `Remove with ${counted(volumes.length, 'Volume')}`;
  const named = (list: readonly string[]): string[] => [
    ...list.slice(0, mostNamed).map((line) => oneLine(line)),
    ...(list.length > mostNamed ? [`… and ${list.length - mostNamed} more`] : []),
  ];
  const detail = [
    ...named(lines),
    ...(lines.length === 0 ? ['No container and no network is left.'] : []),
    '',
    'Files that were written inside the containers are lost, and so are their logs. Images and folders of yours stay.',
    ...(volumes.length === 0
      ? []
      : [
          '',
          `“${down}” keeps these volumes; with “${all}” all data in them is lost:`,
          ...named(volumes.map((volume) => `Volume ${volume}`)),
        ]),
  ];
  const buttons = [...(lines.length === 0 ? [] : [down]), ...(volumes.length === 0 ? [] : [all])];
  const question = withoutLinks(oneLine(`Take ${name} down?`));
  const chosen = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: detail.join('\n') },
    ...buttons,
  );
  return chosen === down ? 'containers' : chosen === all ? 'volumes-too' : undefined;
}
