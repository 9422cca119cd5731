import type * as vscode from 'vscode';
import { registerExplorer } from './ui/explorer/explorer.js';
import { type Api, createApi, registerCommands } from './ui/register-commands.js';
import { createServices } from './ui/services.js';

export function activate(context: vscode.ExtensionContext): Api {
  const services = createServices(context);
  context.subscriptions.push(registerCommands(services), registerExplorer(services));
  return createApi(services);
}
