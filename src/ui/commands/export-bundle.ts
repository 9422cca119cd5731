import { join } from 'node:path';
import * as vscode from 'vscode';
import { exportBundle } from '../../bundle/export-bundle.js';
import { showChecks } from '../bundle/show-checks.js';
import { askForExport } from '../bundle/export-form.js';
import { keptLayers, notesFolder } from '../bundle/export-storage.js';
import { type ContractCommand } from '../contract-command.js';
import { formatSize } from '../../host/quantities.js';
import { pickImage } from '../pick.js';
import { projectFolders } from '../projects.js';
import { type Selection, selectedImages } from '../selection.js';
import { type Services } from '../services.js';

export const exportBundleCommand: ContractCommand<'exportBundle'> = {
  ask: async (selection, services) => {
    const images = await pickImages(selection, services, 'Export for Zenodo');
    return images.length === 0 ? undefined : askForExport(images, services);
  },
  title: ({ images }) => `Exporting ${images.join(', ')}`,
  run: async (argument, work, services) => {
    const { engine, archiveWorker } = services;
    const place = {
      projects: projectFolders(),
      archiveWorker,
      layers: keptLayers(services),
      notes: notesFolder(services),
    };
    return exportBundle(await engine.connect(), argument, place, work);
  },
  show: async ({ folder, files, checks }) => {
    const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
    const verify = 'Verify Bundle';
    const checklist = 'Show Checklist';
    const open = 'Open README';
    const passed = checks.filter(({ state }) => state === 'passed').length;
    const chosen = await vscode.window.showInformationMessage(
      `The bundle is ready: ${files.length} files, ${size}, in ${folder}. Of what reviewers check, ${passed} of ${checks.length} points are met so far.`,
      verify,
      checklist,
      open,
    );
    if (chosen === checklist) await showChecks(checks, 'What Reviewers Check');
    if (chosen === open) await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'README.md')));
    if (chosen === verify) {
      await vscode.commands.executeCommand(
        'researchContainers.verifyBundle',
        vscode.Uri.file(join(folder, 'bundle.json')),
      );
    }
  },
};

/** The images that a command was started on: several are the platforms of one application; or one that a person picks. */
async function pickImages(selection: Selection, services: Services, title: string): Promise<string[]> {
  const selected = selectedImages(selection).map(({ reference }) => reference);
  if (selected.length > 1) return selected;
  const image = await pickImage(selection, services, title);
  return image === undefined ? [] : [image];
}
