import * as vscode from 'vscode';
import { engineInfo } from '../../engine/system.js';
import { untilAborted } from '../../host/until-aborted.js';
import { parsePlatform } from '../../image/platform.js';
import { detectProject } from '../../project/detect-project.js';
import { listProject } from '../../project/listing.js';
import { type Project } from '../../project/project.js';
import { type Services } from '../services.js';

/** An engine that does not answer at once is not waited for, in milliseconds. */
const patience = 3000;

/** Finds out what a folder's project is, behind a notification with Cancel. Rejects `not-a-folder`, `cancelled`. */
export function lookAt(folder: string): Thenable<Project> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Looking at the project', cancellable: true },
    async (_progress, token) => {
      const controller = new AbortController();
      const listening = token.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await untilAborted(readProject(folder, controller.signal), controller.signal, 'Looking at the project');
      } finally {
        listening.dispose();
      }
    },
  );
}

/** What a folder's project is. Rejects `not-a-folder`, `cancelled`. */
export async function readProject(folder: string, signal: AbortSignal): Promise<Project> {
  return detectProject(await listProject(folder, { signal }), { signal });
}

/** The platforms that the settings propose for a folder; undefined where they name none. */
export function platformsOfSettings(folder: string): string[] | undefined {
  const settings = vscode.workspace.getConfiguration('researchContainers', vscode.Uri.file(folder));
  // A settings file is written by hand.
  const platforms = settings.get<string[]>('build.platforms', []).filter((text) => parsePlatform(text)?.os === 'linux');
  return platforms.length === 0 ? undefined : platforms;
}

/** The platform of the engine in use, where one answers at once. */
export async function platformOfEngine({ engine }: Services): Promise<string | undefined> {
  const limit = AbortSignal.timeout(patience);
  try {
    const connection = await untilAborted(engine.connect(), limit, 'Asking the engine');
    return (await engineInfo(connection, limit)).platform;
  } catch {
    return undefined;
  }
}
