import * as vscode from 'vscode';
import { type Check } from '../../bundle/check.js';
import { withoutIcons } from '../plain-text.js';

const marks: Record<Check['state'], string> = { failed: '$(error)', unknown: '$(question)', passed: '$(pass)' };
const order = ['failed', 'unknown', 'passed'] as const;
const headings: Record<Check['state'], string> = { failed: 'To mend', unknown: 'Not known yet', passed: 'Passed' };

type Line = vscode.QuickPickItem & { check?: Check };

/** Shows checks in a list, what is to be mended first, each with the way to mend it; whole, where one is chosen. */
export async function showChecks(checks: readonly Check[], title: string): Promise<void> {
  const items = order.flatMap((state): Line[] => {
    const some = checks.filter((check) => check.state === state);
    if (some.length === 0) return [];
    return [
      { label: `${headings[state]}: ${some.length}`, kind: vscode.QuickPickItemKind.Separator },
      ...some.map((check) => ({
        label: `${marks[state]} ${withoutIcons(check.message)}`,
        ...(check.remedy === undefined || state === 'passed' ? {} : { detail: withoutIcons(check.remedy) }),
        check,
      })),
    ];
  });
  for (;;) {
    const line = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: 'Each check and what was found; Enter shows all of a long text',
      matchOnDetail: true,
      // The focus that comes back from the dialog would close it, and what is to be mended is read while it is mended.
      ignoreFocusOut: true,
    });
    if (line?.check === undefined) return;
    const { message, remedy } = line.check;
    await vscode.window.showInformationMessage(message, {
      modal: true,
      ...(remedy === undefined ? {} : { detail: remedy }),
    });
  }
}
