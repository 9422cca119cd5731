import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { discoverEndpoints, endpointsToTry } from './discover-endpoints.js';
import { type Candidates } from './engine.js';

/**
 * Where engines may be on this machine.
 *
 * @param setting the setting `researchContainers.engine.host`
 * @param selected name of the endpoint that was selected for the workspace
 */
export function candidatesHere(setting: string, selected: string | undefined): Candidates {
  const all = discoverEndpoints({
    platform: process.platform,
    environment: process.env,
    homeFolder: homedir(),
    userId: process.getuid?.(),
    setting,
    readFile: readText,
    listFolder,
  });
  return { all, toTry: endpointsToTry(all, selected) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
