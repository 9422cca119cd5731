import * as vscode from 'vscode';
import { pickContainers, pickImages, pickVolumes } from '../pick.js';
import { inspectUri } from '../inspect-documents.js';
import { type ViewCommand } from '../view-command.js';

export const inspectImageCommand: ViewCommand = async (selection, services) => {
  for (const { name } of (await pickImages(selection, services, 'Inspect Image')) ?? [])
    await open('image', name, name);
};

export const inspectContainerCommand: ViewCommand = async (selection, services) => {
  const containers = await pickContainers(selection, services, 'Inspect Container');
  for (const { id, name } of containers ?? []) await open('container', id, name);
};

export const inspectVolumeCommand: ViewCommand = async (selection, services) => {
  for (const { name } of (await pickVolumes(selection, services, 'Inspect Volume')) ?? []) {
    await open('volume', name, name);
  }
};

async function open(kind: 'image' | 'container' | 'volume', id: string, name: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(inspectUri(kind, id, name));
  await vscode.window.showTextDocument(document, { preview: true });
}
