import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import * as vscode from 'vscode';
import { asFailure } from '../../host/failure.js';
import { type Services } from '../services.js';

/** Where compressed layers are kept for the next export, and how many bytes of them; undefined where none are to be. */
export function keptLayers({ storage }: Pick<Services, 'storage'>): { root: string; limit: number } | undefined {
  const gigabytes = vscode.workspace.getConfiguration('researchContainers').get<number>('export.keptLayers') ?? 5;
  return gigabytes > 0 ? { root: join(storage, 'layers'), limit: gigabytes * 1e9 } : undefined;
}

/** Where it is noted which folders are unfinished. */
export function notesFolder({ storage }: Pick<Services, 'storage'>): string {
  return join(storage, 'unfinished');
}

/** Behind the activation: removes what a window left that was stopped in the middle of an export. */
export function removeUnfinished(services: Pick<Services, 'storage' | 'log'>): void {
  setImmediate(() => {
    void import('../../host/abandoned-folders.js')
      .then(async ({ removeAbandoned, removeMarked }) => {
        await removeMarked(join(services.storage, 'layers'), 'spool-');
        const removed = await removeAbandoned(notesFolder(services));
        if (removed.length > 0) services.log.info(`Removed what was left unfinished: ${removed.join(', ')}`);
      })
      .catch((error: unknown) => {
        services.log.info(asFailure(error, 'Removing what was left unfinished').message);
      });
  });
}
