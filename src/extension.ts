import type * as vscode from 'vscode';
import { removeUnfinished } from './ui/bundle/export-storage.js';
import { registerDockerfileHelp } from './ui/dockerfile/dockerfile-help.js';
import { registerCompose } from './ui/compose/register-compose.js';
import { registerEngineStatus } from './ui/engine-status.js';
import { registerFiles } from './ui/files/register-files.js';
import { registerGpuStatus } from './ui/gpu/gpu-status.js';
import { registerInspectDocuments } from './ui/inspect-documents.js';
import { type Api, createApi, registerCommands } from './ui/register-commands.js';
import { registerRunSummaries } from './ui/runs/run-summaries.js';
import { registerReproducibility } from './ui/reproducibility/register-reproducibility.js';
import { createServices } from './ui/services.js';

/** What is to be ended on engines before VS Code is gone; it waits for that a few seconds. */
const endings: (() => Promise<void>)[] = [];

export function activate(context: vscode.ExtensionContext): Api {
  const services = createServices(context);
  context.subscriptions.push(
    registerCommands(services),
    registerEngineStatus(services),
    registerInspectDocuments(services),
    registerGpuStatus(services),
    registerFiles(services),
    registerRunSummaries(),
    registerCompose(services),
    registerDockerfileHelp(),
    registerReproducibility(services),
  );
  endings.push(
    () => services.terminals.closeAll(),
    () => services.files.leaveAll(),
  );
  services.runs.begin();
  removeUnfinished(services);
  return createApi(services);
}

export async function deactivate(): Promise<void> {
  await Promise.allSettled(endings.splice(0).map((end) => end()));
}
