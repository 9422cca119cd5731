import * as vscode from 'vscode';
import { copyVolume } from '../../engine/volume-archive.js';
import { pickVolumes } from '../pick.js';
import { withoutIcons, withoutLinks } from '../plain-text.js';
import { type ViewCommand } from '../view-command.js';
import { reportBytes } from './report-bytes.js';
import { askVolumeName } from './volume-name.js';

export const copyVolumeCommand: ViewCommand = async (selection, services) => {
  const [volume] = (await pickVolumes(selection, services, 'Copy Volume')) ?? [];
  if (volume === undefined) return;
  const connection = await services.engine.connect();
  const chosen = await askVolumeName(connection, {
    title: `Copy the Volume ${volume.name}`,
    prompt: 'Name of the new volume',
    value: volume.name.replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1').concat('-copy'),
    taken: { text: 'There is a volume of this name already.', isMistake: true },
  });
  if (chosen === undefined) return;
  const { name } = chosen;
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(`Copying the volume ${volume.name}`),
      cancellable: true,
    },
    (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
      });
      const onBytes = reportBytes(({ message }) => {
        progress.report({ message });
      }, 'Copied');
      return copyVolume(connection, volume.name, name, { signal: controller.signal, onBytes });
    },
  );
  const text = `The volume ${volume.name} was copied to ${name}.`;
  vscode.window.setStatusBarMessage(`$(database) ${withoutIcons(text)}`, 5000);
};
