import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { type Check } from '../../bundle/check.js';
import { verifyBundle } from '../../bundle/verify-bundle.js';
import { type ContractCommand } from '../contract-command.js';
import { type Services } from '../services.js';

export const verifyBundleCommand: ContractCommand<'verifyBundle'> = {
  ask: async (selection) => {
    if (selection.kind === 'file') return { folder: dirname(selection.uri.fsPath) };
    const [folder] =
      (await vscode.window.showOpenDialog({
        title: 'Verify Bundle',
        canSelectFolders: true,
        canSelectFiles: false,
        openLabel: 'Verify This Bundle',
      })) ?? [];
    return folder === undefined ? undefined : { folder: folder.fsPath };
  },
  title: () => 'Verifying the bundle',
  run: (argument, work, { engine, log }) => verifyBundle(() => engine.connect(), argument, log, work),
  show: async ({ ok, checks }, { folder }, services) => {
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
    if (chosen === details) await showChecks(checks, services);
  },
};

async function showChecks(checks: readonly Check[], { log }: Services): Promise<void> {
  const marks = { passed: '$(pass)', failed: '$(error)', unknown: '$(question)' };
  const picked = await vscode.window.showQuickPick(
    checks.map((check) => ({
      label: `${marks[check.state]} ${check.message}`,
      description: check.id,
      ...(check.remedy === undefined ? {} : { detail: check.remedy }),
    })),
    { title: 'Checks of the bundle', placeHolder: 'Each check and what was found' },
  );
  if (picked !== undefined) log.info(picked.label);
}
