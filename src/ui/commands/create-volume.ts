import * as vscode from 'vscode';
import { createVolume } from '../../engine/volume-operations.js';
import { type ContractCommand } from '../contract-command.js';

export const createVolumeCommand: ContractCommand<'createVolume'> = {
  ask: async () => {
    const name = await vscode.window.showInputBox({
      title: 'Create Volume',
      prompt: 'Name of the volume: a place for data that outlives its containers',
      validateInput: (text) =>
        text === '' || /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text.trim())
          ? undefined
          : 'Letters, digits, “_”, “.” and “-”, at least two, a letter or digit in front.',
      ignoreFocusOut: true,
    });
    return name === undefined || name.trim() === '' ? undefined : { name: name.trim() };
  },
  title: ({ name }) => `Creating the volume ${name}`,
  run: async ({ name }, { signal }, { engine }) => createVolume(await engine.connect(), name, signal),
  show: ({ name }) => {
    vscode.window.setStatusBarMessage(`$(database) The volume ${name} was created.`, 5000);
    return Promise.resolve();
  },
};
