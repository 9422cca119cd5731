import * as vscode from 'vscode';
import { cancelled, Failure } from '../../host/failure.js';
import { type ContractCommand } from '../contract-command.js';
import { pickEngine } from '../engine-picker.js';
import { selectedEngineKey } from '../services.js';

export const selectEngineCommand: ContractCommand<'selectEngine'> = {
  ask: async (_selection, services) => {
    const name = await pickEngine('Select Engine', services);
    return name === undefined ? undefined : { name };
  },
  title: ({ name }) => (name === '' ? 'Looking for an engine' : `Connecting to ${name}`),
  run: async ({ name }, { signal }, { engine, inventory, memory }) => {
    const candidates = await engine.candidates();
    if (name !== '' && !candidates.some((endpoint) => endpoint.name === name)) {
      throw new Failure(
        'invalid-argument',
        `There is no engine “${name}”.`,
        `Choose one of: ${candidates.map((endpoint) => endpoint.name).join(', ')}. An empty name means: found automatically.`,
      );
    }
    await memory.update(selectedEngineKey, name === '' ? undefined : name);
    engine.reset();
    inventory.refresh();
    const { endpoint } = await untilAborted(engine.connect(), signal);
    return { name: endpoint.name, host: endpoint.host };
  },
  show: ({ name }) => {
    vscode.window.setStatusBarMessage(`$(plug) Connected to ${name}.`, 5000);
    return Promise.resolve();
  },
};

/** The search goes on for the views; only whoever waits for it may stop to. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(cancelled('Waiting for the engine'));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
