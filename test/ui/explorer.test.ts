import assert from 'node:assert/strict';
import { type Browser, type Page } from 'playwright-core';
import { connectTo } from '../harness/engines/connect.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { notifications } from '../harness/vscode/notifications.js';
import { cancelQuickInput, readQuickInput } from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import {
  clickItemAction,
  clickViewAction,
  openView,
  setTheme,
  type TreeItem,
  treeItems,
  waitForTreeItem,
} from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

const many = 200;

describe('the explorer', function () {
  this.timeout(120_000);
  const docker = connectTo(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;
  before(async () => {
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    const settings = { 'researchContainers.engine.host': engineHost };
    server = await startVsCodeServer({ version: '1.139', user, vsix, settings, log: say });
    // High enough for all images that tests before this one have left.
    const viewport = { width: 1280, height: 1400 };
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder, viewport });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, 'busybox:stand-in');
  });
  after(async () => {
    for (const image of await docker.listImages()) {
      for (const tag of image.RepoTags ?? []) if (tag.startsWith('test-many:')) await docker.getImage(tag).remove();
    }
    await docker
      .getVolume('test-explorer')
      .remove()
      .catch(() => undefined);
    await browser.close();
    await server.stop();
    await workspace.remove();
  });
  const within = { within: 20_000 };

  it('follows the engine: a volume and a container come and go', async () => {
    await docker.createVolume({ Name: 'test-explorer' });
    await waitForTreeItem(page, 'test-explorer');
    const container = await docker.createContainer({
      Image: 'busybox:stand-in',
      name: 'test-running',
      Cmd: ['sleep', '300'],
    });
    await container.start();
    const running = async (): Promise<TreeItem | undefined> =>
      (await treeItems(page, 'Containers')).find(({ spoken }) => spoken.startsWith('Container test-running, running'));
    const item = await waitFor('the container to run', running, within);
    assert.equal(item.label, 'test-running');
    assert.match(item.description, /^busybox:stand-in · just now/);
    await screenshot(page, 'explorer-following');
    await container.remove({ force: true });
    const isGone = async (): Promise<boolean> =>
      !(await treeItems(page, 'Containers')).some(({ label }) => label === 'test-running');
    await waitFor('the container to go', isGone, within);
  });

  it(`stays quick with ${many} images, and keeps what was selected`, async () => {
    await page.locator('.part.sidebar').getByText('busybox:stand-in').first().click();
    const image = docker.getImage('busybox:stand-in');
    for (let number = 0; number < many; number++) {
      await image.tag({ repo: 'test-many', tag: String(number).padStart(3, '0') });
    }
    await waitForTreeItem(page, 'test-many');
    await waitForTreeItem(page, '000');
    const selected = page.locator('.part.sidebar .monaco-list-row.selected');
    assert.match((await selected.first().innerText()).trim(), /^busybox:stand-in/);
    await screenshot(page, 'explorer-many');
    // From the keyboard alone: to the end of the list.
    await page.keyboard.press('End');
    await waitFor('the last image to show', async () => (await treeItems(page, 'Images')).length > 0, within);
  });

  it('runs an image by its inline action, and stops asking on Escape', async () => {
    await page.keyboard.press('Home');
    await waitForTreeItem(page, 'busybox:stand-in');
    await clickItemAction(page, 'busybox:stand-in', 'Run with Output Binding…');
    await readQuickInput(page, 'Run busybox:stand-in');
    await cancelQuickInput(page);
    assert.deepEqual(await notifications(page), []);
  });

  it('lists again by its button, in a dark theme, too', async () => {
    await setTheme(page, 'Dark Modern');
    await clickViewAction(page, 'Images', 'Refresh');
    await waitForTreeItem(page, 'busybox:stand-in');
    await screenshot(page, 'explorer-dark');
  });
});
