import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { ensureTestUser } from '../harness/machine/user.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { waitForNotification } from '../harness/vscode/notifications.js';
import { acceptQuickInput, readQuickInput, typeQuickInput } from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import { contextMenu, contextMenuEntries, openView, waitForTreeItem } from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

describe('a workbench', function () {
  this.timeout(120_000);
  let browser: Browser;
  let server: VsCodeServer | undefined;
  let workspace: Workspace;
  before(async () => {
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(await ensureTestUser());
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  after(async () => {
    await browser.close();
    await workspace.remove();
  });
  const open = async (host: string, options: { trustDisabled?: boolean } = {}): Promise<Page> => {
    server = await startVsCodeServer({
      version: '1.139',
      user: await ensureTestUser(),
      vsix,
      settings: { 'researchContainers.engine.host': host },
      log: say,
      ...options,
    });
    return openWorkbench(browser, { url: server.url, folder: workspace.folder });
  };

  it('without an engine says so and helps', async () => {
    const page = await open('unix:///nowhere/docker.sock');
    await openView(page, 'Research Containers');
    await page.getByText('Docker is not running.').first().waitFor();
    await page.getByRole('button', { name: 'Look Again' }).first().waitFor();
    await screenshot(page, 'engine-not-running');
    await page.getByRole('button', { name: 'Look Again' }).first().click();
    await page
      .locator('.part.activitybar')
      .getByRole('tab', { name: /^Explorer/ })
      .click();
    await contextMenu(page, 'Dockerfile', 'Build Research Image…');
    await readQuickInput(page, 'Build Research Image from Dockerfile');
    await acceptQuickInput(page);
    const { severity, buttons } = await waitForNotification(page, /No Docker Engine is listening .* Start Docker/);
    assert.equal(severity, 'error');
    assert.deepEqual(buttons, ['Show Log']);
    await screenshot(page, 'build-without-engine');
    await page.context().close();
  });

  it('whose engine may not be used says how to join its group', async () => {
    const socket = join(workspace.scratch, 'engine.sock');
    const listener = createServer();
    // Made by another user, for nobody else.
    await new Promise<void>((resolve) => listener.listen({ path: socket }, resolve));
    try {
      const page = await open(`unix://${socket}`);
      await openView(page, 'Research Containers');
      await page.getByText('you may not use it').first().waitFor();
      await screenshot(page, 'engine-permission');
      await page.context().close();
    } finally {
      listener.close();
    }
  });

  it('points at the line of a Dockerfile that is wrong', async () => {
    await writeFile(join(workspace.folder, 'wrong.dockerfile'), 'FROM busybox:stand-in\nRUNN true\n', { mode: 0o644 });
    const page = await open(engineHost);
    await waitForTreeItem(page, 'wrong.dockerfile');
    await contextMenu(page, 'wrong.dockerfile', 'Build Research Image…');
    await readQuickInput(page, 'Build Research Image from wrong.dockerfile');
    await acceptQuickInput(page);
    await waitForNotification(page, /The Dockerfile has an error in line 2: unknown instruction: RUNN/);
    await screenshot(page, 'dockerfile-error');
    await page.getByRole('button', { name: 'Open the Line' }).click();
    await page.locator('.statusbar-item', { hasText: 'Ln 2, Col 1' }).waitFor();
    await screenshot(page, 'dockerfile-error-line');
    await page.context().close();
  });

  it('quotes what a failing step said', async () => {
    const text = 'FROM busybox:stand-in\nRUN echo no such package: numpyy >&2 && exit 1\n';
    await writeFile(join(workspace.folder, 'failing.dockerfile'), text, { mode: 0o644 });
    const page = await open(engineHost);
    await waitForTreeItem(page, 'failing.dockerfile');
    await contextMenu(page, 'failing.dockerfile', 'Build Research Image…');
    await readQuickInput(page, 'Build Research Image from failing.dockerfile');
    await acceptQuickInput(page);
    await waitForNotification(page, /failed with exit code 1\. It said: “no such package: numpyy”\. Correct/);
    await screenshot(page, 'build-step-failed');
    await page.context().close();
  });

  it('that is not trusted shows the engine but builds and runs nothing', async () => {
    const page = await open(engineHost, { trustDisabled: false });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, 'busybox:stand-in');
    const item = page.locator('.part.sidebar .monaco-list-row', { hasText: 'busybox:stand-in' }).first();
    await item.hover();
    assert.equal(await item.getByRole('button').count(), 0, 'no inline action');
    await page.keyboard.press('F1');
    await typeQuickInput(page, '>Research Containers: ');
    const offered = (await readQuickInput(page)).items.map(({ label }) => label.replace('Research Containers: ', ''));
    assert.deepEqual(
      offered.filter((label) => /Build|Run(?!s View)|Export|Verify/.test(label)),
      [],
    );
    // The list shows only its first entries.
    await typeQuickInput(page, '>Research Containers: Refresh');
    await page
      .locator('.quick-input-widget .label-name', { hasText: 'Research Containers: Refresh' })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await screenshot(page, 'restricted-mode');
    await openView(page, 'Explorer');
    await waitForTreeItem(page, 'Dockerfile');
    assert.ok(!(await contextMenuEntries(page, 'Dockerfile')).includes('Build Research Image…'));
    await page.context().close();
  });
});
