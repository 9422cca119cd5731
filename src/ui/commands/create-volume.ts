import * as vscode from 'vscode';
import { createVolume } from '../../engine/volume-operations.js';
import { type ContractCommand } from '../contract-command.js';
import { askVolumeName } from './volume-name.js';

export const createVolumeCommand: ContractCommand<'createVolume'> = {
  ask: async (_selection, { engine }) => {
    const chosen = await askVolumeName(await engine.connect(), {
      title: 'Create Volume',
      prompt: 'Name of the volume: a place for data that outlives its containers',
      value: '',
      taken: { text: 'There is a volume of that name already.', isMistake: true },
    });
    return chosen && { name: chosen.name };
  },
  title: ({ name }) => `Creating the volume ${name}`,
  run: async ({ name }, { signal }, { engine }) => createVolume(await engine.connect(), name, signal),
  show: ({ name }) => {
    vscode.window.setStatusBarMessage(`$(database) The volume ${name} was created.`, 5000);
    return Promise.resolve();
  },
};
