import * as vscode from 'vscode';
import { pullImage } from '../../engine/pull.js';
import { parseReference } from '../../image/reference.js';
import { type AskingCommand } from '../contract-command.js';
import { commandId } from '../command-table.js';
import { registryHost } from '../../engine/registry/registry-host.js';
import { registryCredentials } from '../registry-credentials.js';
import { selectedImages } from '../selection.js';

export const pullImageCommand: AskingCommand<'pullImage'> = {
  ask: async (selection) => {
    const [selected] = selectedImages(selection);
    const reference = await vscode.window.showInputBox({
      title: 'Pull Image',
      prompt: 'Reference of an image in a registry',
      placeHolder: 'busybox, python:3.12-slim, registry.example.org/lab/tool:1.0',
      value: selected?.tag ?? '',
      validateInput: (text) => {
        if (text.trim() === '') return undefined;
        const parsed = parseReference(text.trim());
        return parsed.ok ? undefined : parsed.problem;
      },
      ignoreFocusOut: true,
    });
    return reference === undefined || reference.trim() === '' ? undefined : { reference: reference.trim() };
  },
  title: ({ reference }) => `Pulling ${reference}`,
  run: async ({ reference, platform }, work, services) => {
    const parsed = parseReference(reference);
    const host = registryHost(parsed.ok ? parsed.reference.domain : undefined);
    const credentials = await registryCredentials(services)(host, work.signal);
    return pullImage(await services.engine.connect(), reference, { platform, credentials }, work);
  },
  show: async ({ reference }) => {
    const run = 'Run with Output Binding…';
    const chosen = await vscode.window.showInformationMessage(`Pulled ${reference}.`, run);
    if (chosen === run) await vscode.commands.executeCommand(commandId('runImage'));
  },
};
