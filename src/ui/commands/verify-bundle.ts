import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { verifyBundle } from '../../bundle/verify-bundle.js';
import { showChecks } from '../bundle/show-checks.js';
import { type ContractCommand } from '../contract-command.js';

export const verifyBundleCommand: ContractCommand<'verifyBundle'> = {
  ask: async (selection) => {
    if (selection.kind === 'file') return { folder: dirname(selection.uri.fsPath), run: true };
    const [folder] =
      (await vscode.window.showOpenDialog({
        title: 'Verify Bundle',
        canSelectFolders: true,
        canSelectFiles: false,
        openLabel: 'Verify This Bundle',
      })) ?? [];
    return folder === undefined ? undefined : { folder: folder.fsPath, run: true };
  },
  title: () => 'Verifying the bundle',
  run: (argument, work, { engine, log }) => verifyBundle(() => engine.connect(), argument, log, work),
  show: async ({ ok, checks }, { folder }) => {
    const failed = checks.filter((check) => check.state === 'failed');
    const passed = checks.filter((check) => check.state === 'passed');
    const unknown = checks.find((check) => check.state === 'unknown');
    const details = 'Show Checks';
    const chosen = await (ok
      ? vscode.window.showInformationMessage(
          `The bundle ${folder} is whole: ${passed.length} checks passed.${unknown === undefined ? '' : ` Not checked: ${unknown.message}`}`,
          details,
        )
      : vscode.window.showErrorMessage(
          `The bundle ${folder} failed ${failed.length} of ${checks.length} checks. ${failed[0]?.message ?? ''}`,
          details,
        ));
    if (chosen === details) await showChecks(checks, 'Checks of the Bundle');
  },
};
