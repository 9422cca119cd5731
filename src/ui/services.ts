import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { Engine } from '../engine/engine.js';
import { Inventory } from '../inventory/inventory.js';

/** What the commands and views work with. */
export interface Services {
  log: vscode.LogOutputChannel;
  engine: Engine;
  inventory: Inventory;
  /** Absolute path of the script that runs in a worker thread. */
  archiveWorker: string;
  /** Answers given before, for the next time to propose. */
  memory: vscode.Memento;
}

/** Makes the services without touching disk or network: each does its work when it is first asked. */
export function createServices(context: vscode.ExtensionContext): Services {
  const log = vscode.window.createOutputChannel('Research Containers', { log: true });
  const engine = new Engine(
    async () =>
      (await import('../engine/endpoint.js')).discoverEndpoints({
        platform: process.platform,
        environment: process.env,
        homeFolder: homedir(),
        setting: vscode.workspace.getConfiguration('researchContainers').get('engine.host', ''),
        readFile: readText,
      }),
    log,
  );
  const inventory = new Inventory(engine, log);
  context.subscriptions.push(log, engine, inventory);
  return {
    log,
    engine,
    inventory,
    archiveWorker: vscode.Uri.joinPath(context.extensionUri, 'dist', 'archive-worker.js').fsPath,
    memory: context.workspaceState,
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
