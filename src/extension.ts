import type * as vscode from 'vscode';
import { removeUnfinished } from './ui/bundle/export-storage.js';
import { registerEngineStatus } from './ui/engine-status.js';
import { registerGpuStatus } from './ui/gpu/gpu-status.js';
import { registerInspectDocuments } from './ui/inspect-documents.js';
import { type Api, createApi, registerCommands } from './ui/register-commands.js';
import { registerRunSummaries } from './ui/runs/run-summaries.js';
import { createServices } from './ui/services.js';

export function activate(context: vscode.ExtensionContext): Api {
  const services = createServices(context);
  context.subscriptions.push(
    registerCommands(services),
    registerEngineStatus(services),
    registerInspectDocuments(services),
    registerGpuStatus(services),
    registerRunSummaries(),
  );
  services.runs.begin();
  removeUnfinished(services);
  return createApi(services);
}
