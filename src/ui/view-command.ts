import { asFailure } from '../host/failure.js';
import { type CommandDeclaration } from './command-declaration.js';
import { type CommandName, commandTable } from './command-table.js';
import { type Selection } from './selection.js';
import { type Services } from './services.js';
import { showFailure } from './show-failure.js';
import { requireTrust } from './trust.js';

/** A command that is there for people only: it asks, does and shows all itself. */
export type ViewCommand = (selection: Selection, services: Services) => Promise<void>;

/** Runs such a command, and shows and logs what goes wrong. */
export async function runViewCommand(
  name: CommandName,
  command: ViewCommand,
  selection: Selection,
  services: Services,
): Promise<void> {
  try {
    const declaration: CommandDeclaration = commandTable[name];
    if (declaration.untrusted !== true) requireTrust();
    await command(selection, services);
  } catch (error) {
    const failure = asFailure(error, commandTable[name].title);
    services.log.error(`${name}: ${failure.message} [${failure.reason}]`);
    if (failure.reason === 'internal' && failure.cause instanceof Error) services.log.error(failure.cause.stack ?? '');
    await showFailure(failure);
  }
}
