import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { checkGpu, resultOf } from '../../gpu/check-gpu.js';
import { commandId } from '../command-table.js';
import { type ContractCommand } from '../contract-command.js';
import { pickImage } from '../pick.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { verdictHeading } from '../gpu/gpu-presentation.js';

export const checkGpuCommand: ContractCommand<'checkGpu'> = {
  ask: async (selection, services) => {
    const image = await pickImage(selection, services, 'Check GPU for Image');
    return image === undefined ? undefined : { image };
  },
  title: ({ image, dockerfile }) =>
    `Checking the GPU${image === undefined ? (dockerfile === undefined ? '' : ` for ${basename(dirname(dockerfile))}`) : ` for ${image}`}`,
  run: async ({ image, dockerfile }, work, { engine }) => {
    const connection = await engine.connect();
    const subject =
      image !== undefined
        ? { kind: 'image' as const, image }
        : dockerfile !== undefined
          ? { kind: 'dockerfile' as const, dockerfile }
          : { kind: 'host' as const };
    return resultOf(await checkGpu(connection, subject, undefined, work));
  },
  show: async ({ verdict, reason }, { image }) => {
    const details = 'Show GPU…';
    const text = withoutLinks(oneLine(`${image ?? 'The GPU'}: ${verdictHeading(verdict)}. ${reason}`));
    const isGood = verdict === 'works' || verdict === 'cpu-only';
    const chosen = await (isGood
      ? vscode.window.showInformationMessage(text, details)
      : vscode.window.showWarningMessage(text, details));
    if (chosen === details) await vscode.commands.executeCommand(commandId('showGpu'));
  },
};
