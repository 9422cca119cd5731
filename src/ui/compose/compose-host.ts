import * as vscode from 'vscode';
import { type ImageHost } from '../../compose/ensure-images.js';
import { hostOf } from '../build/build-host.js';
import { registryCredentials } from '../registry-credentials.js';
import { type Services } from '../services.js';

/** The environment that compose files are read with: that of VS Code's extension host. */
export function environmentHere(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What bringing the images of services about needs of VS Code. */
export function imageHost(services: Services): ImageHost {
  return {
    credentials: registryCredentials(services),
    buildHost: (dockerfile, context) => hostOf({ dockerfile, context }, services),
  };
}

/** The path of pages that the settings name for a compose file; empty where they name none. */
export function pathSetting(file: string): string {
  return vscode.workspace.getConfiguration('researchContainers', vscode.Uri.file(file)).get('compose.path', '');
}
