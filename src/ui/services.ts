import * as vscode from 'vscode';
import { Engine } from '../engine/engine.js';
import { Inventory } from '../inventory/inventory.js';
import { BuildProblems } from './build/build-problems.js';
import { Arrangements } from './explorer/arrangement.js';
import { Explorer } from './explorer/explorer.js';
import { GpuMonitor } from './gpu/gpu-monitor.js';
import { projectFolders } from './projects.js';

/** What the commands and views work with. */
export interface Services {
  log: vscode.LogOutputChannel;
  engine: Engine;
  inventory: Inventory;
  arrangements: Arrangements;
  explorer: Explorer;
  /** Absolute path of the script that runs in a worker thread. */
  archiveWorker: string;
  problems: BuildProblems;
  gpu: GpuMonitor;
  /** Absolute path of a folder for what is remembered; it need not be there. */
  storage: string;
  /** Sign-ins and secrets. */
  secrets: vscode.SecretStorage;
  /** Answers given before, for the next time to propose. */
  memory: vscode.Memento;
}

/** Where the name of the engine that was chosen for the workspace is remembered. */
export const selectedEngineKey = 'engine.selected';

/** Makes the services without touching disk or network: each does its work when it is first asked. */
export function createServices(context: vscode.ExtensionContext): Services {
  const log = vscode.window.createOutputChannel('Research Containers', { log: true });
  const memory = context.workspaceState;
  const engine = new Engine(async () => {
    const setting = vscode.workspace.getConfiguration('researchContainers').get('engine.host', '');
    return (await import('../engine/this-machine.js')).candidatesHere(setting, memory.get(selectedEngineKey));
  }, log);
  const inventory = new Inventory(engine, log);
  const arrangements = new Arrangements(memory);
  const explorer = new Explorer(engine, inventory, arrangements, log);
  const problems = new BuildProblems();
  const gpu = new GpuMonitor(engine, projectFolders, () => vscode.workspace.isTrusted, log);
  context.subscriptions.push(log, engine, inventory, explorer, problems, gpu);
  return {
    log,
    engine,
    inventory,
    arrangements,
    explorer,
    archiveWorker: vscode.Uri.joinPath(context.extensionUri, 'dist', 'archive-worker.js').fsPath,
    problems,
    gpu,
    secrets: context.secrets,
    storage: context.globalStorageUri.fsPath,
    memory,
  };
}
