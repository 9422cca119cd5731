import * as vscode from 'vscode';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { commandId, type CommandName } from './command-table.js';
import { type Argument, type ContractName, type Result } from './contract.js';
import { type ContractCommand } from './contract-command.js';
import { selectionOf } from './selection.js';
import { type Services } from './services.js';

/** Each command is loaded when it is first called: nothing of it costs a VS Code that only starts. */
const loaders: { [Name in ContractName]: () => Promise<ContractCommand<Name>> } = {
  buildImage: async () => (await import('./commands/build-image.js')).buildImageCommand,
  runImage: async () => (await import('./commands/run-image.js')).runImageCommand,
  exportBundle: async () => (await import('./commands/export-bundle.js')).exportBundleCommand,
  verifyBundle: async () => (await import('./commands/verify-bundle.js')).verifyBundleCommand,
};

/** What `activate()` returns: the commands of the contract for tests, tasks and other extensions. */
export interface Api {
  /**
   * Runs a command without asking anything. Rejects with an error that has `reason` (a stable word), `message` (what
   * happened) and `remedy` (what to do).
   */
  execute<Name extends ContractName>(
    command: Name,
    argument: Argument<Name>,
    options?: Partial<Work>,
  ): Promise<Result<Name>>;
}

export function createApi(services: Services): Api {
  return { execute: (name, argument, options) => execute(name, argument, options, services) };
}

async function execute<Name extends ContractName>(
  name: Name,
  argument: unknown,
  options: Partial<Work> | undefined,
  services: Services,
): Promise<Result<Name>> {
  if (!Object.hasOwn(loaders, name)) {
    throw new Failure('invalid-argument', `There is no command “${name}”.`, 'Use a command that the README names.');
  }
  const work: Work = {
    signal: options?.signal ?? new AbortController().signal,
    onProgress: options?.onProgress ?? (() => undefined),
  };
  const load: () => Promise<ContractCommand<Name>> = loaders[name];
  const [command, { runForCode }] = await Promise.all([load(), import('./contract-command.js')]);
  return runForCode(name, command, argument, work, services);
}

/** Registers every command of the table; one that has no handler does not compile. */
export function registerCommands(services: Services): vscode.Disposable {
  const handlers: Record<CommandName, (value: unknown) => unknown> = {
    buildImage: contractHandler('buildImage', loaders.buildImage, services),
    runImage: contractHandler('runImage', loaders.runImage, services),
    exportBundle: contractHandler('exportBundle', loaders.exportBundle, services),
    verifyBundle: contractHandler('verifyBundle', loaders.verifyBundle, services),
    refresh: () => {
      services.inventory.refresh();
    },
    showLog: () => {
      services.log.show(true);
    },
  };
  const isName = (name: string): name is CommandName => name in handlers;
  return vscode.Disposable.from(
    ...Object.keys(handlers)
      .filter(isName)
      .map((name) => vscode.commands.registerCommand(commandId(name), handlers[name])),
  );
}

function contractHandler<Name extends ContractName>(
  name: Name,
  load: () => Promise<ContractCommand<Name>>,
  services: Services,
): (value: unknown) => Promise<unknown> {
  return async (value) => {
    const selection = selectionOf(value);
    if (selection.kind !== 'argument') {
      const [command, { runForPerson }] = await Promise.all([load(), import('./contract-command.js')]);
      return runForPerson(name, command, selection, services);
    }
    try {
      return await execute(name, selection.value, undefined, services);
    } catch (error) {
      // Between threads only the message of an error is sure to survive.
      if (error instanceof Failure)
        throw new Error(`${error.message} ${error.remedy} [${error.reason}]`, { cause: error });
      throw error;
    }
  };
}
