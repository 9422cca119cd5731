import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type Browser, type Page } from 'playwright-core';
import { connectTo, readProgress } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { answerDialog, readDialog } from '../harness/vscode/dialogs.js';
import { waitForNotification } from '../harness/vscode/notifications.js';
import { answerQuickInput, cancelQuickInput, pickQuickInput, readQuickInput } from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import {
  clickTreeItem,
  clickViewAction,
  contextMenu,
  openView,
  runPaletteCommand,
  setTheme,
  toggleTreeItem,
  treeItems,
  waitForTreeItem,
} from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

const busybox = 'busybox:stand-in';
const within = { within: 20_000 };
const hostile = '[run](command:workbench.action.quit) $(trash) <b>bold</b> \u202Ereversed';

describe('what is done in the explorer', function () {
  this.timeout(120_000);
  const docker = connectTo(engineHost);
  const door = new Door(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;
  before(async () => {
    await door.open();
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    const settings = { 'researchContainers.engine.host': `unix://${door.path}` };
    server = await startVsCodeServer({ version: '1.139', user, vsix, settings, log: say });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, busybox);
  });
  afterEach(async () => {
    for (const { Id, Names } of await docker.listContainers({ all: true })) {
      if (Names.some((name) => name.startsWith('/test-actions'))) await docker.getContainer(Id).remove({ force: true });
    }
  });
  after(async () => {
    await docker
      .getVolume('test-actions')
      .remove()
      .catch(() => undefined);
    await docker
      .getImage('test-actions:1')
      .remove()
      .catch(() => undefined);
    await browser.close();
    await server.stop();
    await workspace.remove();
    await door.close();
  });
  const make = async (name: string, more: object = {}): Promise<string> => {
    const { id } = await docker.createContainer({ Image: busybox, name, Cmd: ['sleep', '300'], ...more });
    await waitForTreeItem(page, name);
    return id;
  };
  const isGone = async (label: string): Promise<void> => {
    const gone = async (): Promise<boolean> => !(await treeItems(page)).some((item) => item.label === label);
    await waitFor(`${label} to go`, gone, within);
  };

  it('opens an image: its history and configuration, with labels as the text that they are', async () => {
    const imported = { repo: 'test-actions', tag: '1', changes: [`LABEL note=${JSON.stringify(hostile)}`] };
    await readProgress(await docker.importImage(Readable.from([Buffer.alloc(1024)]), imported));
    await waitForTreeItem(page, 'test-actions:1');
    // What a tree has no room for is not there to be found, however many images the engine has.
    const fold = async (views: string[]): Promise<void> => {
      for (const view of views) await page.locator('.pane-header', { hasText: view }).click();
    };
    await fold(['Runs', 'Containers', 'Volumes']);
    await toggleTreeItem(page, 'test-actions:1');
    await toggleTreeItem(page, 'Configuration');
    const label = await waitForTreeItem(page, 'note');
    assert.equal(label.description, '[run](command:workbench.action.quit) $(trash) <b>bold</b> \\u202ereversed');
    await toggleTreeItem(page, 'History');
    await screenshot(page, 'explorer-image');
    await toggleTreeItem(page, 'test-actions:1');
    await fold(['Containers', 'Volumes']);
  });

  it('removes several containers after a dialog that names them', async () => {
    await make('test-actions-1');
    await make('test-actions-2');
    await clickTreeItem(page, 'test-actions-1');
    await clickTreeItem(page, 'test-actions-2', ['Control']);
    await contextMenu(page, 'test-actions-2', 'Remove Container…');
    const text = await readDialog(page);
    assert.match(text, /Remove 2 containers\?/);
    assert.match(text, /test-actions-1 \(busybox:stand-in, created/);
    assert.match(text, /test-actions-2 .*0 B written inside\)/);
    await screenshot(page, 'explorer-remove');
    await answerDialog(page, 'Cancel');
    const kept = await docker.listContainers({ all: true, filters: { name: ['test-actions'] } });
    assert.equal(kept.length, 2);
    await contextMenu(page, 'test-actions-2', 'Remove Container…');
    await readDialog(page);
    await answerDialog(page, 'Remove');
    await isGone('test-actions-1');
    await isGone('test-actions-2');
  });

  it('says that a container was removed by somebody else meanwhile', async () => {
    const id = await make('test-actions-gone');
    await contextMenu(page, 'test-actions-gone', 'Remove Container…');
    await readDialog(page);
    await docker.getContainer(id).remove();
    await answerDialog(page, 'Remove');
    await waitForNotification(page, /There is no container .* It may have been removed/);
  });

  it('renames a container, but not to the name of another one', async () => {
    await make('test-actions-a');
    await make('test-actions-b');
    await contextMenu(page, 'test-actions-a', 'Rename…');
    await answerQuickInput(page, 'test-actions-b');
    await waitForNotification(page, /There is a container test-actions-b already. Choose another name/);
    await contextMenu(page, 'test-actions-a', 'Rename…');
    await answerQuickInput(page, 'test-actions-c');
    await waitForTreeItem(page, 'test-actions-c');
  });

  it('starts and stops a container, and inspects it', async () => {
    await make('test-actions-state', { HostConfig: { Init: true } });
    await contextMenu(page, 'test-actions-state', 'Start');
    const spoken = async (text: string): Promise<boolean> =>
      (await treeItems(page)).some((item) => item.spoken.startsWith(`Container test-actions-state, ${text}`));
    await waitFor('it to run', () => spoken('running'), within);
    await contextMenu(page, 'test-actions-state', 'Pause');
    await waitFor('it to pause', () => spoken('paused'), within);
    await contextMenu(page, 'test-actions-state', 'Continue');
    await waitFor('it to run', () => spoken('running'), within);
    await contextMenu(page, 'test-actions-state', 'Inspect Container');
    await page.locator('.tab', { hasText: 'test-actions-state.json' }).waitFor();
    await page.locator('.editor-instance', { hasText: '"Id"' }).waitFor();
    await contextMenu(page, 'test-actions-state', 'Stop');
    await waitFor('it to stop', () => spoken('exit code 143'), within);
    await screenshot(page, 'explorer-inspect');
  });

  it('creates a volume, shows it from a mount, and keeps it while it is in use', async () => {
    await clickViewAction(page, 'Volumes', 'Create Volume…');
    await answerQuickInput(page, 'test-actions');
    await waitForTreeItem(page, 'test-actions');
    const mount = { Type: 'volume', Source: 'test-actions', Target: '/kept' };
    await make('test-actions-mount', { HostConfig: { Mounts: [mount] } });
    await toggleTreeItem(page, 'test-actions-mount');
    await clickTreeItem(page, '/kept');
    const selected = page.locator('.part.sidebar .monaco-list-row.selected', { hasText: /^\s*test-actions/ });
    await selected.first().waitFor();
    await contextMenu(page, 'test-actions', 'Remove Volume…');
    assert.match(await readDialog(page), /test-actions \(0 B\)/);
    await answerDialog(page, 'Remove');
    await waitForNotification(page, /The volume is in use/);
  });

  it('filters a view by words, says so, and remembers how it is sorted', async () => {
    await runPaletteCommand(page, 'Research Containers: Filter Images…');
    await answerQuickInput(page, 'STAND busy');
    await isGone('python:3.11-slim-bookworm');
    await page.locator('.part.sidebar').getByText('Only what has “STAND busy”.').waitFor();
    await screenshot(page, 'explorer-filtered');
    await runPaletteCommand(page, 'Research Containers: Clear Filter of Images');
    await waitForTreeItem(page, 'python:3.11-slim-bookworm');
    await runPaletteCommand(page, 'Research Containers: Group and Sort Images…');
    await pickQuickInput(page, 'Largest first');
    // By name it is the other way round.
    const largerFirst = async (): Promise<boolean> => {
      const labels = (await treeItems(page, 'Images')).map(({ label }) => label);
      const large = labels.indexOf('python:3.11-slim-bookworm');
      return large >= 0 && large < labels.indexOf(busybox);
    };
    await waitFor('the larger image to come first', largerFirst, within);
    await page.reload();
    await waitForTreeItem(page, busybox);
    await waitFor('the larger image to come first again', largerFirst, within);
  });

  it('diagnoses engines in one list, in a dark theme, too', async () => {
    await runPaletteCommand(page, 'Research Containers: Diagnose Engine…');
    const listed = async (): Promise<boolean> => {
      const { items } = await readQuickInput(page, 'Diagnose Engine');
      return items.some(({ label }) => label.startsWith('Setting')) && items.length > 3;
    };
    await waitFor('the places to be asked', listed, within);
    await page.locator('.quick-input-widget').getByText('Docker Engine 28').first().waitFor();
    await screenshot(page, 'engine-diagnosis');
    await cancelQuickInput(page);
    await setTheme(page, 'Dark Modern');
    await runPaletteCommand(page, 'Research Containers: Select Engine…');
    await page.locator('.quick-input-widget').getByText('Docker Engine 28').first().waitFor();
    await screenshot(page, 'engine-selection-dark');
    await cancelQuickInput(page);
  });

  it('keeps what it knows of a lost engine, marked, and what was opened through its return', async () => {
    await make('test-actions-kept', { HostConfig: { Binds: ['/tmp:/bound'] } });
    // A click selects an item and opens it.
    await clickTreeItem(page, 'test-actions-kept');
    await waitForTreeItem(page, '/bound');
    await door.close();
    const stale = page.locator('.part.sidebar').getByText(/Not connected, this may be out of date/);
    await stale.first().waitFor();
    await waitForTreeItem(page, 'test-actions-kept');
    await page.locator('.statusbar-item', { hasText: 'No Engine' }).waitFor();
    await screenshot(page, 'engine-lost');
    await door.open();
    await stale.first().waitFor({ state: 'detached' });
    await waitForTreeItem(page, '/bound');
    await page.locator('.part.sidebar .monaco-list-row.selected', { hasText: 'test-actions-kept' }).first().waitFor();
    await screenshot(page, 'engine-back');
  });
});
