import * as vscode from 'vscode';
import { projectContainers } from '../../compose/observed.js';
import { selectedServices } from '../../compose/service-order.js';
import { listContainers } from '../../engine/containers.js';
import { asFailure } from '../../host/failure.js';
import { behindNotification } from '../behind-notification.js';
import { commandId } from '../command-table.js';
import { awaitPages, firstAddresses, openPage, pagesText } from '../compose/application-pages.js';
import { bringUp, type BroughtUp, readApplication, resultOf } from '../compose/bring-up.js';
import { pickApplication } from '../compose/pick-compose-file.js';
import { showComposeFailure } from '../compose/show-compose-failure.js';
import { counted } from '../confirm.js';
import { type Argument } from '../contract.js';
import { type ContractCommand } from '../contract-command.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { type Services } from '../services.js';

/** Rejects what `openApplication` and `composeUp` reject; from code, rights that only a person may give have to be in the argument. */
export const composeUpCommand: ContractCommand<'composeUp'> = {
  perform: async (selection, services) => {
    const target = await pickApplication(selection, 'Compose Up');
    if (target === undefined) return;
    let up: BroughtUp;
    try {
      const asked = await askForRights(target);
      if (asked === undefined) return;
      const { argument, name } = asked;
      up = await behindNotification(`Starting ${name}`, services, (work) => bringUp(argument, work, services));
    } catch (error) {
      await showComposeFailure(asFailure(error, 'Starting the application'), target.file, services);
      return;
    }
    // The work is done: what follows waits for pages, and for a person.
    await tell(up, target.file, services);
  },
  run: async (argument, work, services) => resultOf(await bringUp(argument, work, services), work.signal),
};

/** Reads the application; undefined where a service is to have all rights on the engine's host, and that is not wanted. */
async function askForRights(
  target: Argument<'composeUp'>,
): Promise<{ argument: Argument<'composeUp'>; name: string } | undefined> {
  const { project } = await readApplication(target);
  const privileged = selectedServices(project, target.services).filter((service) => service.privileged);
  if (privileged.length === 0) return { argument: target, name: project.name };
  const start = 'Start with All Rights';
  const chosen = await vscode.window.showWarningMessage(
    withoutLinks(`Start ${counted(privileged.length, 'service')} with all rights on the engine’s host?`),
    {
      modal: true,
      detail: [
        ...privileged.map(({ name, image }) => oneLine(image === undefined ? name : `${name} (${image})`)),
        '',
        'They are “privileged”: their programs may read and change everything on that machine, other users’ files included. Start them only if you trust these images as you trust an administrator.',
      ].join('\n'),
    },
    start,
  );
  return chosen === start ? { argument: { ...target, allowPrivileged: true }, name: project.name } : undefined;
}

async function tell(up: BroughtUp, file: string, services: Services): Promise<void> {
  const { project, addresses, results } = up;
  if (addresses.size === 0) {
    const count = counted(results.length, 'service');
    await offer(`${project} is up: ${count} without a published port.`, up, file, new Map());
    return;
  }
  const { pages, isCancelled } = await awaitPages(`${project} is up`, addresses, services);
  if (pages.size > 0) {
    await offer(`${project} is up: ${pagesText(pages)}`, up, file, pages);
    return;
  }
  if (isCancelled) return;
  const ended = await endOf(up, services);
  if (ended !== 'runs') {
    if (ended !== 'gone') await offer(`${project} is not running any more: ${ended}.`, up, file, new Map());
    return;
  }
  const first = firstAddresses(addresses);
  const text = `${project} is up, but nothing answers yet at ${[...first.values()].join(', ')}. The logs say what it is doing; a program that listens on 127.0.0.1 only cannot be reached from outside its container.`;
  await offer(text, up, file, first);
}

/** Whether the application was taken down meanwhile, or how its services ended: `web exited with 1`. */
async function endOf({ project, results }: BroughtUp, { engine }: Services): Promise<'runs' | 'gone' | (string & {})> {
  const ids = results.flatMap(({ containers }) => containers);
  const containers = projectContainers(await listContainers(await engine.connect(), undefined, ids), project);
  if (containers.length === 0) return 'gone';
  if (containers.some(({ container: { state } }) => state !== 'exited' && state !== 'dead')) return 'runs';
  return containers
    .map(({ service, container: { exitCode } }) => `${service} exited with ${exitCode ?? '?'}`)
    .join(', ');
}

async function offer(
  text: string,
  { warnings, remarks }: BroughtUp,
  file: string,
  pages: ReadonlyMap<string, string>,
): Promise<void> {
  const open = 'Open in Browser';
  const logs = 'Show Logs';
  const problems = 'Show Problems';
  const warned =
    warnings.length === 0 ? '' : ` (${counted(warnings.length, 'warning')} about what the compose file says.)`;
  const buttons = [...(pages.size === 0 ? [] : [open]), logs, ...(warnings.length === 0 ? [] : [problems])];
  const said = [remarks.length === 0 || text.endsWith('.') ? text : `${text}.`, ...remarks].join(' ');
  const chosen = await vscode.window.showInformationMessage(withoutLinks(oneLine(said + warned)), ...buttons);
  const uri = vscode.Uri.file(file);
  if (chosen === open) await openPage(pages);
  if (chosen === logs) await vscode.commands.executeCommand(commandId('composeLogs'), uri);
  if (chosen !== problems) return;
  await vscode.window.showTextDocument(uri);
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}
