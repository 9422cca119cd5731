import { join } from 'node:path';
import * as vscode from 'vscode';
import { Engine } from '../engine/engine.js';
import { Inventory } from '../inventory/inventory.js';
import { BuildLogs } from './build/build-logs.js';
import { BuildProblems } from './build/build-problems.js';
import { Arrangements } from './explorer/arrangement.js';
import { Explorer } from './explorer/explorer.js';
import { GpuMonitor } from './gpu/gpu-monitor.js';
import { createPlaceFiles } from './files/open-place.js';
import { type PlaceFiles } from './files/place-files.js';
import { LogsPanels } from './logs/logs-panels.js';
import { folderlessProject, projectFolders } from './projects.js';
import { ResultsPanels } from './runs/gallery/results-panels.js';
import { RunMonitor } from './runs/run-monitor.js';
import { RunsView } from './runs/runs-view.js';
import { OpenTerminals } from './shell/open-terminals.js';

/** What the commands and views work with. */
export interface Services {
  log: vscode.LogOutputChannel;
  engine: Engine;
  inventory: Inventory;
  arrangements: Arrangements;
  explorer: Explorer;
  /** The files of containers, volumes and images. */
  files: PlaceFiles;
  /** Absolute path of the script that runs in a worker thread. */
  archiveWorker: string;
  problems: BuildProblems;
  buildLogs: BuildLogs;
  gpu: GpuMonitor;
  runs: RunMonitor;
  runsView: RunsView;
  results: ResultsPanels;
  logs: LogsPanels;
  /** Shells and attached terminals that are open. */
  terminals: OpenTerminals;
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
  const places = createPlaceFiles(engine, log);
  const { files } = places;
  const explorer = new Explorer(engine, inventory, arrangements, files, log);
  const problems = new BuildProblems();
  const buildLogs = new BuildLogs();
  const gpu = new GpuMonitor(engine, projectFolders, () => vscode.workspace.isTrusted, log);
  const runsStorage = join(context.globalStorageUri.fsPath, 'runs');
  const folderless = folderlessProject(context.globalStorageUri.fsPath);
  // Runs without an open folder are listed while none is open, and looked after in any case.
  const runProjects = (): string[] => [...projectFolders(), folderless];
  const shownProjects = (): string[] => (projectFolders().length === 0 ? [folderless] : projectFolders());
  const runs = new RunMonitor(engine, runsStorage, runProjects, () => vscode.workspace.isTrusted, log);
  const runsView = new RunsView(shownProjects, runs, log);
  const results = new ResultsPanels();
  const logs = new LogsPanels(engine);
  const terminals = new OpenTerminals();
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      runs.begin();
    }),
  );
  context.subscriptions.push(
    runsView,
    runs,
    results,
    logs,
    log,
    places,
    engine,
    inventory,
    explorer,
    problems,
    buildLogs,
    gpu,
  );
  return {
    log,
    engine,
    inventory,
    arrangements,
    explorer,
    files,
    archiveWorker: vscode.Uri.joinPath(context.extensionUri, 'dist', 'archive-worker.js').fsPath,
    problems,
    buildLogs,
    gpu,
    runs,
    runsView,
    results,
    logs,
    terminals,
    secrets: context.secrets,
    storage: context.globalStorageUri.fsPath,
    memory,
  };
}
