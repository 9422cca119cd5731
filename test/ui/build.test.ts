import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { connectTo } from '../harness/engines/connect.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { waitForNotification } from '../harness/vscode/notifications.js';
import {
  acceptQuickInput,
  answerQuickInput,
  cancelQuickInput,
  pickQuickInput,
  readQuickInput,
} from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import { contextMenu, runPaletteCommand, waitForMenuEntry, waitForTreeItem } from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

const dockerfile = [
  'ARG COLOUR=green',
  'FROM busybox:stand-in AS tools',
  'ARG COLOUR',
  'RUN echo the colour is $COLOUR',
  'FROM tools AS paper',
  'RUN --mount=type=secret,id=token test -s /run/secrets/token && echo the secret is there',
  '',
].join('\n');

describe('building', function () {
  this.timeout(180_000);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;

  before(async () => {
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    await writeFile(join(workspace.folder, 'paper.dockerfile'), dockerfile, { mode: 0o666 });
    server = await startVsCodeServer({
      version: '1.139',
      user,
      vsix,
      // Drawn as text, not on a canvas: the test reads it.
      settings: { 'researchContainers.engine.host': engineHost, 'terminal.integrated.gpuAcceleration': 'off' },
      log: say,
    });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await waitForTreeItem(page, 'paper.dockerfile');
    await waitForMenuEntry(page, 'paper.dockerfile', 'Build Research Image…');
  });
  after(async () => {
    await connectTo(engineHost).getImage('test-ui:paper').remove({ force: true });
    await browser.close();
    await server.stop();
    await workspace.remove();
  });

  const form = 'Build Research Image from paper.dockerfile';

  it('asks for all that the Dockerfile can be told in one list', async () => {
    await contextMenu(page, 'paper.dockerfile', 'Build Research Image…');
    const { items } = await readQuickInput(page, form);
    assert.deepEqual(
      items.map(({ label }) => label),
      ['Build', 'Reference', 'Platforms', 'Target Stage', 'Build Arguments', 'Secrets', 'Without Cache'],
    );
    await pickQuickInput(page, 'Reference');
    await readQuickInput(page, 'Reference of the Image');
    await answerQuickInput(page, 'test-ui:paper');

    await readQuickInput(page, form);
    await pickQuickInput(page, 'Platforms');
    const platforms = await readQuickInput(page, 'Platforms');
    await screenshot(page, 'build-platforms');
    assert.equal(platforms.items.find(({ label }) => label === 'linux/amd64')?.description, 'this engine’s own');
    assert.match(platforms.items.find(({ label }) => label === 'linux/arm64')?.description ?? '', /emulat/);
    await cancelQuickInput(page);

    await readQuickInput(page, form);
    await pickQuickInput(page, 'Build Arguments');
    await readQuickInput(page, 'Build Arguments');
    await pickQuickInput(page, 'COLOUR');
    await readQuickInput(page, 'Build Argument COLOUR');
    await answerQuickInput(page, 'blue');

    await readQuickInput(page, form);
    await pickQuickInput(page, 'Secrets');
    await readQuickInput(page, 'Secrets');
    await pickQuickInput(page, 'token');
    await readQuickInput(page, 'Secret “token”');
    await screenshot(page, 'build-secret');
    await pickQuickInput(page, 'Type it in…');
    await page.getByText('Its value, kept in').waitFor();
    await answerQuickInput(page, 'hush');

    const filled = await readQuickInput(page, form);
    await screenshot(page, 'build-form-filled');
    assert.equal(filled.items.find(({ label }) => label === 'Build Arguments')?.description, 'COLOUR=blue');
    assert.equal(filled.items.find(({ label }) => label === 'Secrets')?.description, 'token: given');
  });

  it('shows the log in a terminal while it goes on', async () => {
    await acceptQuickInput(page);
    await waitForNotification(page, /Built test-ui:paper for linux\/amd64/, { timeoutMs: 120_000 });
    await page.locator('.terminal-wrapper .xterm-rows', { hasText: 'the secret is there' }).waitFor();
    await page.locator('.terminal-wrapper .xterm-rows', { hasText: 'The image is built.' }).waitFor();
    await screenshot(page, 'build-terminal');
  });

  it('keeps the log of the build as a document, in colours of its own', async () => {
    await runPaletteCommand(page, 'Research Containers: Show Build Log…');
    await page.locator('.editor-instance .view-line', { hasText: 'load build definition' }).first().waitFor();
    await page.locator('.statusbar-item', { hasText: 'Build Log' }).waitFor();
    // Its number and its end are no plain text.
    const done = page.locator('.editor-instance .view-line', { hasText: '#1 DONE' }).first();
    await done.locator('span[class*="mtk"]:not(.mtk1)').nth(1).waitFor();
    await screenshot(page, 'build-log');
    await page.keyboard.press('Control+F4');
  });

  it('rebuilds without a question', async () => {
    // So that the notification is that of this build.
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
    await contextMenu(page, 'paper.dockerfile', 'Rebuild Research Image');
    await waitForNotification(page, /Built test-ui:paper for linux\/amd64/, { timeoutMs: 120_000 });
  });

  it('builds again from a record, and says whether it came out the same', async () => {
    await runPaletteCommand(page, 'Research Containers: Check Rebuild…');
    const { items } = await readQuickInput(page, 'Check Rebuild');
    assert.equal(items[0]?.label, 'test-ui:paper');
    await screenshot(page, 'check-rebuild-records');
    await acceptQuickInput(page);
    await waitForNotification(page, /layers came out/, { timeoutMs: 120_000 });
    await screenshot(page, 'check-rebuild');
  });

  it('puts a failure on its line of the Dockerfile until the line is edited', async () => {
    const broken = dockerfile.replace('echo the secret is there', 'echo no module numpyy >\\&2 \\&\\& exit 3');
    await writeFile(join(workspace.folder, 'paper.dockerfile'), broken.replaceAll('\\&', '&'));
    await contextMenu(page, 'paper.dockerfile', 'Rebuild Research Image');
    await waitForNotification(page, /failed with exit code 3/, { timeoutMs: 120_000 });
    await page.locator('.statusbar-item', { hasText: 'Ln 6, Col 1' }).waitFor();
    await runPaletteCommand(page, 'Problems: Focus on Problems View');
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'exit code 3' }).first().waitFor();
    await page.locator('.markers-panel', { hasText: 'no module numpyy' }).waitFor();
    await screenshot(page, 'build-problem');
    await page.locator('.editor-instance .view-line').nth(5).click();
    await page.keyboard.press('End');
    await page.keyboard.type(' ');
    const failure = page.locator('.markers-panel .monaco-list-row', { hasText: 'exit code 3' });
    await failure.waitFor({ state: 'detached' });
    await screenshot(page, 'build-problem-gone');
  });
});
