import * as vscode from 'vscode';
import { noSuchEngine } from '../../engine/engine.js';
import { untilAborted } from '../../host/until-aborted.js';
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
      throw noSuchEngine(name, candidates);
    }
    await memory.update(selectedEngineKey, name === '' ? undefined : name);
    engine.reset();
    inventory.refresh();
    // The search goes on for the views; only whoever waits for it may stop to.
    const { endpoint } = await untilAborted(engine.connect(), signal, 'Waiting for the engine');
    return { name: endpoint.name, host: endpoint.host };
  },
  show: ({ name }) => {
    vscode.window.setStatusBarMessage(`$(plug) Connected to ${name}.`, 5000);
    return Promise.resolve();
  },
};
