import * as vscode from 'vscode';
import { type Failure } from '../../src/host/failure.js';
import { type Api } from '../../src/ui/register-commands.js';
import { readJob } from '../driver/job.js';

/** What the harness tells the tests. */
export interface HostData {
  /** Address of the engine that the machine's settings name. */
  engineHost: string;
  /** Absolute path of an empty folder that the tests may fill. */
  scratch: string;
  /** Where a registry listens that needs no login; absent for an engine that is not the harness's own. */
  registry?: string;
}

export function hostData(): HostData {
  return readJob().data as HostData;
}

/** Absolute path of the open project. */
export function projectFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('No folder is open.');
  return folder.uri.fsPath;
}

/** What the installed extension exports. */
export async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('research-containers.research-containers');
  if (extension === undefined) throw new Error('The extension is not installed.');
  return extension.activate();
}

/** For `assert.rejects`: an error of the contract with that reason. */
export function failsWith(reason: Failure['reason']) {
  return (error: unknown): boolean => {
    if (!(error instanceof Error) || !('reason' in error) || !('remedy' in error)) throw error;
    if (error.reason !== reason) throw new Error(`expected ${reason}, got ${String(error.reason)}: ${error.message}`);
    return error.message !== '' && error.remedy !== '';
  };
}
