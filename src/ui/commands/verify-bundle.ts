import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { verifyBundle } from '../../bundle/verify-bundle.js';
import { pickAnsweringEngine } from '../bundle/pick-answering-engine.js';
import { showChecks } from '../bundle/show-checks.js';
import { counted } from '../confirm.js';
import { type ContractCommand } from '../contract-command.js';

const showAll = 'Show Checks';

export const verifyBundleCommand: ContractCommand<'verifyBundle'> = {
  ask: async (selection, services) => {
    const folder = selection.kind === 'file' ? dirname(selection.uri.fsPath) : await pickFolder();
    if (folder === undefined) return undefined;
    const engine = await pickAnsweringEngine(services);
    if (engine.kind === 'dismissed') return undefined;
    return { folder, run: true, ...(engine.kind === 'other' ? { engine: engine.name } : {}) };
  },
  title: () => 'Verifying the bundle',
  run: async ({ engine: name, ...request }, work, { engine, log }) => {
    const other = name === undefined ? undefined : await engine.connectTo(name, work.signal);
    try {
      return await verifyBundle(async () => other ?? engine.connect(), request, log, work);
    } finally {
      other?.dispose();
    }
  },
  show: async ({ ok, checks, checklist }, { folder }) => {
    const failed = checks.filter(({ state }) => state === 'failed');
    const unknown = checks.filter(({ state }) => state === 'unknown');
    const met = checklist.filter(({ state }) => state === 'passed').length;
    const asked = `Of what reviewers check, ${met} of ${checklist.length} points are met.`;
    const open = unknown[0] === undefined ? '' : ` Not checked: ${unknown[0].message}`;
    const chosen = await (ok
      ? vscode.window.showInformationMessage(
          `The bundle ${folder} is whole: ${counted(checks.length - unknown.length, 'check')} passed.${open} ${asked}`,
          showAll,
        )
      : vscode.window.showErrorMessage(
          `The bundle ${folder} failed ${failed.length} of ${counted(checks.length, 'check')}. ${failed[0]?.message ?? ''}`,
          showAll,
        ));
    if (chosen === showAll)
      await showChecks([...checks, ...checklist], 'Checks of the Bundle, and What Reviewers Check');
  },
};

async function pickFolder(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: 'Verify Bundle',
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: 'Verify This Bundle',
    })) ?? [];
  return folder?.fsPath;
}
