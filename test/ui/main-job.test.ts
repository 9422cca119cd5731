import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { connectTo } from '../harness/engines/connect.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { clickNotification, waitForNotification } from '../harness/vscode/notifications.js';
import {
  acceptQuickInput,
  answerQuickInput,
  cancelQuickInput,
  pickQuickInput,
  readQuickInput,
  typeQuickInput,
} from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import {
  contextMenu,
  contextMenuEntries,
  openView,
  setTheme,
  waitForMenuEntry,
  waitForTreeItem,
} from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

const reference = 'test-ui:1';

describe('clicking through the main job', function () {
  this.timeout(180_000);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;

  before(async () => {
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    server = await startVsCodeServer({
      version: '1.139',
      user,
      vsix,
      settings: { 'researchContainers.engine.host': engineHost },
      log: say,
    });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
  });
  after(async () => {
    const docker = connectTo(engineHost);
    const containers = await docker.listContainers({ all: true, filters: { ancestor: [reference] } });
    for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true });
    await docker.getImage(reference).remove({ force: true });
    await browser.close();
    await server.stop();
    await workspace.remove();
  });

  it('offers the build on a Dockerfile, and only there', async () => {
    await waitForTreeItem(page, 'Dockerfile');
    await waitForMenuEntry(page, 'Dockerfile', 'Build Research Image…');
    assert.ok(!(await contextMenuEntries(page, 'README.md')).includes('Build Research Image…'));
  });

  it('builds the image from the context menu, with a proposed and checked reference', async () => {
    await contextMenu(page, 'Dockerfile', 'Build Research Image…');
    const form = await readQuickInput(page, 'Build Research Image from Dockerfile');
    assert.deepEqual(
      form.items.map(({ label, description }) => `${label}: ${description}`),
      ['Build: estimate-pi:1.0.0', 'Reference: estimate-pi:1.0.0', 'Platforms: the engine’s own', 'Without Cache: no'],
    );
    await screenshot(page, 'build-form');
    await pickQuickInput(page, 'Reference');
    const asked = await readQuickInput(page, 'Reference of the Image');
    assert.equal(asked.value, 'estimate-pi:1.0.0');
    await typeQuickInput(page, 'Not Valid');
    await page.getByText('must be lower case').waitFor();
    await screenshot(page, 'build-reference-refused');
    await answerQuickInput(page, reference);
    await readQuickInput(page, 'Build Research Image from Dockerfile');
    await acceptQuickInput(page);
    await waitForNotification(page, /Built test-ui:1 for linux\/amd64/, { timeoutMs: 120_000 });
    await screenshot(page, 'built');
  });

  it('shows the image in the explorer as soon as it is there', async () => {
    await openView(page, 'Research Containers');
    const item = await waitForTreeItem(page, reference);
    assert.match(item.description, /MB · /);
    await screenshot(page, 'explorer');
  });

  it('runs it with its results bound to the host', async () => {
    await contextMenu(page, reference, 'Run with Output Binding…');
    const form = await readQuickInput(page, `Run ${reference}`);
    assert.deepEqual(
      form.items.map(({ label }) => label),
      ['Run', 'Results Folder', 'Container Folder', 'Command', 'Interaction', 'More…', 'Copy as docker run'],
    );
    const said = new Map(form.items.map(({ label, description }) => [label, description]));
    assert.equal(said.get('Results Folder'), 'results');
    assert.equal(said.get('Container Folder'), '/experiment/results');
    assert.equal(said.get('Command'), 'python estimate_pi.py');
    await screenshot(page, 'run-form');
    await acceptQuickInput(page);
    await waitForNotification(page, /test-ui:1 finished in .*: 2 files in results/, { timeoutMs: 60_000 });
    await screenshot(page, 'run-finished');
    assert.deepEqual((await readdir(join(workspace.folder, 'results'))).sort(), ['convergence.png', 'estimates.csv']);
  });

  it('exports it for Zenodo, and verifies the bundle', async () => {
    await contextMenu(page, reference, 'Export for Zenodo…');
    const title = `Export ${reference} for Zenodo`;
    const { items } = await readQuickInput(page, title);
    const said = new Map(items.map(({ label, description }) => [label, description]));
    assert.match(said.get('Export') ?? '', /^about [\d.]+ MB in \d+ s · Zenodo takes 50(?:\.0)? GB$/);
    assert.equal(said.get('Results'), 'of 1 run');
    await screenshot(page, 'export-form');
    await pickQuickInput(page, 'Bundle Folder');
    await readQuickInput(page, 'Bundle Folder');
    const folder = join(workspace.scratch, 'bundle');
    await answerQuickInput(page, folder);
    await readQuickInput(page, title);
    await acceptQuickInput(page);
    await waitForNotification(page, /Exporting test-ui:1/);
    await screenshot(page, 'export-progress');
    await waitForNotification(page, /The bundle is ready: 14 files/, { timeoutMs: 120_000 });
    await screenshot(page, 'exported');
    await clickNotification(page, /The bundle is ready/, 'Verify Bundle');
    await waitForNotification(page, /is whole: \d+ checks passed/, { timeoutMs: 60_000 });
    await screenshot(page, 'verified');
    await clickNotification(page, /is whole/, 'Show Checks');
    await page.getByPlaceholder('Each check and what was found; Enter shows all of a long text').waitFor();
    await screenshot(page, 'checks');
    await page.keyboard.press('Escape');
    assert.ok((await readdir(folder)).includes('SHA256SUMS'));
  });

  it('says what reviewers will check, and how to mend it', async () => {
    await contextMenu(page, reference, 'Export for Zenodo…');
    const title = `Export ${reference} for Zenodo`;
    await readQuickInput(page, title);
    await pickQuickInput(page, 'Authors');
    await readQuickInput(page, 'Authors');
    await screenshot(page, 'export-authors');
    await pickQuickInput(page, 'Add an Author…');
    await readQuickInput(page, 'Author: 1 of 3');
    await answerQuickInput(page, 'Curie, Marie');
    await readQuickInput(page, 'Author: 2 of 3');
    await typeQuickInput(page, '0000-0002-1694-2331');
    await waitFor(
      'the check digit to be doubted',
      async () => (await readQuickInput(page)).message.includes('mistyped'),
      {
        within: 5000,
      },
    );
    await screenshot(page, 'export-orcid');
    await answerQuickInput(page, 'https://orcid.org/0000-0002-1694-233X');
    await readQuickInput(page, 'Author: 3 of 3');
    await answerQuickInput(page, 'Sorbonne');
    const { items: lines } = await readQuickInput(page, title);
    assert.match(lines.find(({ label }) => label === 'Authors')?.description ?? '', /; Curie, Marie$/);
    await pickQuickInput(page, 'Licence');
    await readQuickInput(page, 'Licence');
    await screenshot(page, 'export-licence');
    await pickQuickInput(page, 'Apache-2.0');
    await readQuickInput(page, title);
    await pickQuickInput(page, 'Bundle Folder');
    await readQuickInput(page, 'Bundle Folder');
    await answerQuickInput(page, join(workspace.scratch, 'again'));
    await readQuickInput(page, title);
    await acceptQuickInput(page);
    await clickNotification(page, /The bundle is ready/, 'Show Checklist', { timeoutMs: 120_000 });
    const { items } = await readQuickInput(page, 'What Reviewers Check');
    assert.ok(
      items.some(({ detail }) => detail.includes('Verify Bundle')),
      'each with the way to mend it',
    );
    await screenshot(page, 'checklist');
    await acceptQuickInput(page);
    const dialog = page.locator('.monaco-dialog-box');
    assert.match((await dialog.textContent()) ?? '', new RegExp(items[0]?.detail.slice(0, 20) ?? 'nothing'));
    await screenshot(page, 'checklist-entry');
    await page.keyboard.press('Escape');
    await readQuickInput(page, 'What Reviewers Check');
    await cancelQuickInput(page);
    const kept = JSON.parse(await readFile(join(workspace.folder, '.zenodo.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(kept['license'], 'Apache-2.0');
    assert.deepEqual((kept['creators'] as unknown[])[1], {
      name: 'Curie, Marie',
      affiliation: 'Sorbonne',
      orcid: '0000-0002-1694-233X',
    });
  });

  it('looks right in a light theme, too', async () => {
    await setTheme(page, 'Light Modern');
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, reference);
    await screenshot(page, 'explorer-light');
  });
});
