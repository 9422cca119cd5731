import * as vscode from 'vscode';
import { tagImage } from '../../engine/image-operations.js';
import { pushImage } from '../../engine/registry/push-image.js';
import { parseReference } from '../../image/reference.js';
import { type ContractCommand } from '../contract-command.js';
import { pickImages } from '../pick.js';
import { registryCredentials } from '../registry-credentials.js';

export const pushImageCommand: ContractCommand<'pushImage'> = {
  ask: async (selection, services) => {
    const [image] = (await pickImages(selection, services, 'Push Image')) ?? [];
    if (image === undefined) return undefined;
    const key = `pushImage:${image.name}`;
    const answer = await vscode.window.showInputBox({
      title: `Push ${image.name}`,
      prompt: 'Where to: registry, name and tag. Everybody who may read there gets the image.',
      placeHolder: 'ghcr.io/your-name/study:1.0',
      value: services.memory.get<string>(key) ?? image.name,
      validateInput: (text) => {
        const parsed = parseReference(text.trim());
        if (!parsed.ok) return parsed.problem;
        if (parsed.reference.digest !== undefined) return 'A digest cannot be pushed to.';
        return parsed.reference.domain === undefined && !parsed.reference.path.includes('/')
          ? 'Docker Hub wants your name in front: your-name/study:1.0.'
          : undefined;
      },
      ignoreFocusOut: true,
    });
    const reference = answer?.trim();
    if (reference === undefined) return undefined;
    await services.memory.update(key, reference);
    if (reference !== image.name) await tagImage(await services.engine.connect(), image.name, reference);
    return { reference };
  },
  title: ({ reference }) => `Pushing ${reference}`,
  run: async ({ reference, platforms }, work, services) =>
    pushImage(await services.engine.connect(), reference, platforms, registryCredentials(services), work),
  show: async ({ reference, digest }) => {
    const copy = 'Copy with Digest';
    const chosen = await vscode.window.showInformationMessage(`Pushed ${reference}.`, copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(`${reference}@${digest}`);
  },
};
