import * as vscode from 'vscode';
import { listContainers } from '../../engine/containers.js';
import { type EngineConnection } from '../../engine/connection.js';
import { volumeSizes } from '../../engine/disk-usage.js';
import { deleteVolume } from '../../engine/volume-operations.js';
import { listVolumes, type VolumeSummary } from '../../engine/volumes.js';
import { formatSize } from '../../host/quantities.js';
import { confirmLoss, counted } from '../confirm.js';
import { volumeLabel } from '../explorer/container-nodes.js';
import { forEachItem } from '../for-each-item.js';
import { pickVolumes } from '../pick.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';

export const showVolumeSizesCommand: ViewCommand = async (_selection, services) => {
  await measure(await services.engine.connect(), services);
};

export const removeVolumeCommand: ViewCommand = async (selection, services) => {
  const volumes = await pickVolumes(selection, services, 'Remove Volume');
  if (volumes === undefined || volumes.length === 0) return;
  await removeAfterYes(volumes, 'Removing volumes', services);
};

export const pruneVolumesCommand: ViewCommand = async (_selection, services) => {
  const title = 'Remove Unused Volumes';
  const connection = await services.engine.connect();
  const [volumes, containers] = await Promise.all([listVolumes(connection), listContainers(connection)]);
  const used = new Set(
    containers.flatMap(({ mounts }) => mounts.map((mount) => (mount.type === 'volume' ? mount.name : ''))),
  );
  const unused = volumes.filter(({ name }) => !used.has(name));
  const anonymous = unused.filter(({ name }) => volumeLabel(name) !== name);
  if (unused.length === 0) {
    void vscode.window.showInformationMessage('There is no volume that no container uses.');
    return;
  }
  const choice = await vscode.window.showQuickPick(
    [
      { label: 'Anonymous volumes', description: counted(anonymous.length, 'volume'), list: anonymous },
      { label: 'All volumes that no container uses', description: counted(unused.length, 'volume'), list: unused },
    ].filter(({ list }) => list.length > 0),
    { title, placeHolder: 'Which volumes?' },
  );
  if (choice !== undefined) await removeAfterYes(choice.list, title, services);
};

async function removeAfterYes(volumes: readonly VolumeSummary[], title: string, services: Services): Promise<void> {
  const connection = await services.engine.connect();
  const sizes = await measure(connection, services);
  const lost = volumes.map(({ name }) => {
    const size = sizes.get(name);
    return `${volumeLabel(name)} (${size === undefined ? 'size unknown' : formatSize(size)})`;
  });
  const note = 'All files in them are lost.';
  if (!(await confirmLoss(`Remove ${counted(volumes.length, 'volume')}?`, lost, 'Remove', note))) return;
  // What looks into them would keep them in use.
  await services.files.leaveAll();
  await forEachItem(title, volumes, ({ name }, signal) => deleteVolume(connection, name, signal));
}

/** The engine counts every file for it: slow with large volumes, so it can be stopped. */
async function measure(connection: EngineConnection, { explorer }: Services): Promise<ReadonlyMap<string, number>> {
  const measured = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Measuring volumes', cancellable: true },
    (_progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
      });
      return volumeSizes(connection, controller.signal);
    },
  );
  explorer.setVolumeSizes(measured);
  return measured;
}
