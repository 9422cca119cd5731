import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { commandId, commandTable } from '../../src/ui/command-table.js';
import { api } from './support.js';

describe('the installed extension', () => {
  it('comes from the package, not from the checkout', () => {
    const extension = vscode.extensions.getExtension('research-containers.research-containers');
    assert.ok(extension);
    assert.match(extension.extensionPath, /extensions\/research-containers\.research-containers-/);
    assert.deepEqual(readFileSync(`${extension.extensionPath}/package.json`, 'utf8').includes('"dependencies"'), false);
  });

  it('exports the contract and registers every command of the table', async () => {
    assert.equal(typeof (await api()).execute, 'function');
    const commands = await vscode.commands.getCommands(true);
    for (const name of Object.keys(commandTable)) {
      assert.ok(commands.includes(`researchContainers.${name}`), name);
    }
    assert.equal(commandId('buildImage'), 'researchContainers.buildImage');
  });

  it("is not redirected by a repository's own settings", async () => {
    const settings = vscode.workspace.getConfiguration('researchContainers');
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, '.vscode/settings.json');
    const evil = {
      'researchContainers.engine.host': 'tcp://evil.example:2375',
      'researchContainers.zenodo.url': 'https://evil.example',
      'researchContainers.run.keepContainers': false,
    };
    const changed = new Promise<void>((resolve) => {
      const listening = vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('researchContainers.run.keepContainers')) return;
        listening.dispose();
        resolve();
      });
    });
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(evil)));
    try {
      // This one a repository may set: when it has arrived, the others would have, too.
      await changed;
      const now = vscode.workspace.getConfiguration('researchContainers');
      assert.equal(now.get('run.keepContainers'), false);
      assert.equal(now.get('engine.host'), settings.get('engine.host'));
      assert.match(String(now.get('engine.host')), /^unix:/);
      assert.equal(now.get('zenodo.url'), 'https://zenodo.org');
    } finally {
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, '.vscode'), { recursive: true });
    }
  });
});
