import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { buildImage } from '../../build/build-image.js';
import { proposeReference } from '../../build/request.js';
import { parseReference } from '../../image/reference.js';
import { type ContractCommand } from '../contract-command.js';
import { projectOf } from '../projects.js';
import { registryCredentials } from '../registry-credentials.js';
import { type Selection } from '../selection.js';

export const buildImageCommand: ContractCommand<'buildImage'> = {
  ask: async (selection, { memory }) => {
    const dockerfile = await pickDockerfile(selection);
    if (dockerfile === undefined) return undefined;
    const key = `buildImage.tag:${dockerfile}`;
    const tag = await vscode.window.showInputBox({
      title: `Build Research Image from ${basename(dockerfile)}`,
      prompt: 'Reference of the image',
      value: memory.get<string>(key) ?? (await proposeReference(dirname(dockerfile))),
      validateInput: (text) => {
        const parsed = parseReference(text.trim());
        return parsed.ok ? undefined : parsed.problem;
      },
      ignoreFocusOut: true,
    });
    if (tag === undefined) return undefined;
    await memory.update(key, tag.trim());
    return { dockerfile, tag: tag.trim() };
  },
  title: ({ tag, dockerfile }) => `Building ${tag ?? basename(dirname(dockerfile))}`,
  run: async (argument, work, services) => {
    const { engine, storage } = services;
    const project = projectOf(argument.dockerfile) ?? argument.context ?? dirname(argument.dockerfile);
    const host = { project, memory: join(storage, 'contexts'), credentials: registryCredentials(services) };
    return buildImage(await engine.connect(), argument, host, work);
  },
  show: async ({ images: [image] }) => {
    if (image === undefined) return;
    const run = 'Run with Output Binding…';
    const chosen = await vscode.window.showInformationMessage(`Built ${image.reference} for ${image.platform}.`, run);
    if (chosen === run) await vscode.commands.executeCommand('researchContainers.runImage');
  },
};

async function pickDockerfile(selection: Selection): Promise<string | undefined> {
  if (selection.kind === 'file') return selection.uri.fsPath;
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'dockerfile' && active.uri.scheme === 'file') return active.uri.fsPath;
  const found = await vscode.workspace.findFiles(
    '**/{Dockerfile,Dockerfile.*,Dockerfile-*,*.dockerfile}',
    '**/node_modules/**',
    50,
  );
  const files = found.filter((uri) => !uri.path.endsWith('.dockerignore'));
  const [first] = files;
  if (first === undefined) {
    await vscode.window.showInformationMessage('There is no Dockerfile in this workspace yet.');
    return undefined;
  }
  if (files.length === 1) return first.fsPath;
  const picked = await vscode.window.showQuickPick(
    files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { title: 'Build Research Image', placeHolder: 'Choose a Dockerfile' },
  );
  return picked?.uri.fsPath;
}
