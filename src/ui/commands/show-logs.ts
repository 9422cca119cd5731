import { inspectContainer } from '../../engine/containers.js';
import { type ContractCommand } from '../contract-command.js';
import { pickContainers } from '../pick.js';

/** Rejects `container-not-found`. */
export const showLogsCommand: ContractCommand<'showLogs'> = {
  perform: async (selection, services) => {
    for (const container of (await pickContainers(selection, services, 'Show Logs')) ?? []) {
      await services.logs.show(container);
    }
  },
  run: async ({ container }, { signal }, { engine, logs }) => {
    await logs.show(await inspectContainer(await engine.connect(), container, signal));
    return undefined;
  },
};
