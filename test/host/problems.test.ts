import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { api, hostData } from './support.js';

describe('what Problems has of a Dockerfile', function () {
  this.timeout(60_000);
  const { scratch } = hostData();
  let document: vscode.TextDocument;

  const rules = (): unknown[] =>
    vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ source }) => source === 'Research Containers')
      .map(({ code }) => (typeof code === 'object' ? code.value : code));
  /** Ends when the rules that are not kept are such. */
  const until = (isSo: (found: unknown[]) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isSo(rules())) return;
        listening.dispose();
        resolve();
      };
      const listening = vscode.languages.onDidChangeDiagnostics(look);
      look();
    });
  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('researchContainers');

  before(async () => {
    await api();
    const folder = join(scratch, 'problems');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'Dockerfile'), 'FROM python:latest\nRUN pip install numpy\n');
    document = await vscode.workspace.openTextDocument(join(folder, 'Dockerfile'));
    await vscode.window.showTextDocument(document, { preview: false });
    await until((found) => found.includes('base-without-version') && found.includes('pip-install-unpinned'));
    const other = await vscode.workspace.openTextDocument({ language: 'plaintext', content: 'x' });
    await vscode.window.showTextDocument(other);
    assert.ok(!vscode.window.visibleTextEditors.some((editor) => editor.document === document));
  });
  after(async () => {
    await document.save();
    await settings().update('reproducibility.enabled', undefined, vscode.ConfigurationTarget.Global);
  });

  it('follows what is written behind another editor', async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(1).range, 'RUN pip install numpy==2.3.4');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until((found) => !found.includes('pip-install-unpinned'));
    assert.ok(rules().includes('base-without-version'));
  });

  it('goes when it is turned off, and comes back', async () => {
    await settings().update('reproducibility.enabled', false, vscode.ConfigurationTarget.Global);
    await until((found) => found.length === 0);
    await settings().update('reproducibility.enabled', undefined, vscode.ConfigurationTarget.Global);
    await until((found) => found.includes('base-without-version'));
  });
});
