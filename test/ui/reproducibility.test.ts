import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { importBusybox } from '../harness/engines/base-images.js';
import { connectTo, readProgress } from '../harness/engines/connect.js';
import { type RunningRegistry, startRegistry } from '../harness/engines/registry.js';
import { findRunning } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { clickNotification, waitForNotification } from '../harness/vscode/notifications.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import { clickTreeItem, contextMenu, setTheme, waitForTreeItem } from '../harness/vscode/workbench.js';
import { engineHost, say, vsix } from './support.js';

/** As the talk has it. */
const dockerfile = `FROM python:3.8

# set a directory for the app
WORKDIR /usr/src/app

# copy all the files to the container
COPY . .

# install dependencies
RUN pip install --no-cache-dir -r requirements.txt

# define the port number the container should expose
EXPOSE 5000

# run the command
CMD ["python", "./app.py"]
`;

describe('reproducibility in the editor', function () {
  this.timeout(120_000);
  const docker = connectTo(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let registry: RunningRegistry;
  let reference: string;
  let folder: string;
  let page: Page;

  before(async function () {
    const engine = await findRunning('28');
    if (engine === undefined) return this.skip();
    const user = await ensureTestUser();
    registry = await startRegistry(engine, { log: say });
    const busybox = await importBusybox(engineHost, { log: say });
    const repo = `${registry.sharedAddress}/test-pin/base`;
    reference = `${repo}:1.0`;
    await docker.getImage(busybox).tag({ repo, tag: '1.0' });
    await readProgress(await docker.getImage(reference).push({ authconfig: {} }));
    folder = await mkdtemp(join(tmpdir(), 'research-containers-rules-'));
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    await writeFile(join(folder, 'pinned.Dockerfile'), `FROM ${reference}\nUSER 1000\nCMD ["true"]\n`);
    await writeFile(join(folder, 'requirements.txt'), 'flask\n');
    await writeFile(join(folder, 'app.py'), 'import flask\n');
    await runCommand(['chown', '--recursive', `${user.uid}:${user.gid}`, folder]);
    browser = await openBrowser({ log: say });
    server = await startVsCodeServer({
      version: '1.139',
      user,
      vsix,
      settings: { 'researchContainers.engine.host': engineHost },
      log: say,
    });
    page = await openWorkbench(browser, { url: server.url, folder });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await screenshot(page, 'rules-failed');
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await docker.getImage(reference).remove({ force: true });
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const lens = async (text: RegExp): Promise<void> => {
    await page.locator('.codelens-decoration').filter({ hasText: text }).first().waitFor();
  };

  it('is judged while a Dockerfile is looked at, each finding on its line', async () => {
    await waitForTreeItem(page, 'Dockerfile');
    await clickTreeItem(page, 'Dockerfile');
    await lens(/Reproducibility \d+ of 100 · \d+ findings/);
    await page.locator('.squiggly-warning').first().waitFor();
    await screenshot(page, 'rules-lens');
    await page
      .locator('.codelens-decoration a', { hasText: /^Reproducibility/ })
      .first()
      .click();
    await page
      .getByText(/requirements\.txt has packages without a certain version/)
      .first()
      .waitFor();
    await screenshot(page, 'rules-problems');
  });

  it('says the score when it is asked for', async () => {
    await contextMenu(page, 'Dockerfile', 'Check Reproducibility');
    const { text, buttons } = await waitForNotification(page, /Dockerfile: Reproducibility \d+ of 100/);
    assert.match(text, /Line \d+: /);
    assert.deepEqual(buttons, ['Show Problems']);
    await screenshot(page, 'rules-checked');
    await clickNotification(page, /Dockerfile: Reproducibility/, 'Show Problems');
  });

  it('offers to mend, to explain, and to leave a finding alone', async () => {
    await page.locator('.view-line', { hasText: 'COPY . .' }).click();
    await page.keyboard.press('Control+.');
    const menu = page.locator('.action-widget');
    await menu
      .getByText(/^Why\? /)
      .first()
      .waitFor();
    await screenshot(page, 'rules-fixes');
    await menu
      .getByText(/^Ignore This Rule Here: /)
      .first()
      .click();
    await page.locator('.view-line', { hasText: '# research-containers: ignore ' }).waitFor();
    await setTheme(page, 'Dark Modern');
    await screenshot(page, 'rules-ignored');
  });

  it('pins a base image to the digest that its registry has', async () => {
    await clickTreeItem(page, 'pinned.Dockerfile');
    await lens(/Pin 1 image/);
    await page.locator('.codelens-decoration a', { hasText: 'Pin 1 image' }).first().click();
    await waitForNotification(page, /Pinned 1 image/);
    await screenshot(page, 'rules-pinned');
    const text = await readFile(join(folder, 'pinned.Dockerfile'), 'utf8');
    const shown = await page.locator('.view-line', { hasText: 'FROM' }).first().innerText();
    assert.match(`${text}${shown}`.replaceAll('\u00a0', ' '), /FROM \S+\/test-pin\/base:1\.0@sha256:[0-9a-f]{64}/);
  });
});
