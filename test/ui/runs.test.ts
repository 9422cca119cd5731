import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { connectTo } from '../harness/engines/connect.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { answerDialog } from '../harness/vscode/dialogs.js';
import { clickNotification, waitForNotification } from '../harness/vscode/notifications.js';
import {
  acceptQuickInput,
  answerQuickInput,
  cancelQuickInput,
  pickQuickInput,
  readQuickInput,
} from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import {
  clickTreeItem,
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

const image = 'busybox:stand-in';
const form = `Run ${image}`;
const table =
  'echo epoch,loss > /output/loss.csv; i=1; while [ $i -lt 30 ]; do echo $i,0.$i >> /output/loss.csv; i=$((i+1)); done';

describe('runs', function () {
  this.timeout(180_000);
  const docker = connectTo(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;
  let found: string[];
  const containers = async (): Promise<string[]> => (await docker.listContainers({ all: true })).map(({ Id }) => Id);
  before(async () => {
    found = await containers();
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    server = await startVsCodeServer({
      version: '1.139',
      user,
      vsix,
      // Drawn as text, not on a canvas: the test reads it.
      settings: { 'researchContainers.engine.host': engineHost, 'terminal.integrated.gpuAcceleration': 'off' },
      log: say,
    });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, image);
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await workspace.remove();
    for (const id of (await containers()).filter((each) => !found.includes(each))) {
      await docker.getContainer(id).remove({ force: true, v: true });
    }
  });
  const terminal = (text: string): Promise<void> =>
    page.locator('.terminal-wrapper .xterm-rows', { hasText: text }).first().waitFor();
  const command = async (line: string): Promise<void> => {
    await pickQuickInput(page, 'Command');
    const title = `Command for ${image}`;
    const { placeholder } = await readQuickInput(page, title);
    // From the second time on, commands that were given before are offered first.
    if (placeholder === 'What should run?') await pickQuickInput(page, 'Write a command…');
    await page.getByText('Words are split as a shell does').waitFor();
    await answerQuickInput(page, line);
  };

  it('begin with the shell that an image has, into which somebody types', async () => {
    await contextMenu(page, image, 'Run with Output Binding…');
    const { items } = await readQuickInput(page, form);
    const said = new Map(items.map(({ label, description }) => [label, description]));
    assert.equal(said.get('Command'), 'sh');
    assert.equal(said.get('Interaction'), 'type into it, as “docker run -it” does');
    await acceptQuickInput(page);
    await terminal('/ #');
    await page.locator('.terminal-wrapper .xterm-helper-textarea').first().focus();
    await page.keyboard.type('echo it is $((6*7)); exit\n');
    await terminal('it is 42');
    await waitForNotification(page, /busybox:stand-in finished in/);
    await screenshot(page, 'run-interactive');
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
  });

  it('bring tables and pictures into the view, the gallery and the editor', async () => {
    await contextMenu(page, image, 'Run with Output Binding…');
    await readQuickInput(page, form);
    await command(`sh -c '${table}; echo trained'`);
    await readQuickInput(page, form);
    await pickQuickInput(page, 'Interaction');
    await readQuickInput(page, 'Interaction');
    await pickQuickInput(page, 'Watch what it prints');
    await readQuickInput(page, form);
    await pickQuickInput(page, 'More…');
    await readQuickInput(page, `More for ${image}`);
    await screenshot(page, 'run-more');
    await pickQuickInput(page, 'Folders and Volumes');
    await readQuickInput(page, 'Folders and Volumes');
    await screenshot(page, 'run-folders-and-volumes');
    await cancelQuickInput(page);
    await readQuickInput(page, form);
    await screenshot(page, 'run-form-filled');
    await acceptQuickInput(page);
    await waitForNotification(page, /busybox:stand-in finished in .*: 1 file in results/);
    await terminal('trained');
    const runs = (await treeItems(page, 'Runs')).map(({ label }) => label);
    assert.equal(runs.length, 2);
    assert.match(runs[0] ?? '', /^sh -c /);
    await clickNotification(page, /finished in/, 'Show Results');
    const gallery = page.frameLocator('iframe.webview.ready').frameLocator('iframe');
    await gallery.getByText('loss.csv').first().waitFor();
    await screenshot(page, 'run-results');
    await toggleTreeItem(page, runs[0] ?? '');
    await waitForTreeItem(page, 'loss.csv');
    await clickTreeItem(page, 'loss.csv');
    await page.locator('.editor-instance .view-lines', { hasText: 'epoch,loss' }).first().waitFor();
    await screenshot(page, 'runs-view');
  });

  it('are repeated by two keystrokes, into a folder of their own', async () => {
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
    await page.keyboard.press('Control+Alt+r');
    const { items } = await readQuickInput(page, form);
    const folder = items.find(({ label }) => label === 'Results Folder')?.description ?? '';
    assert.match(folder, /results · holds 1 entry: a fresh dated subfolder/);
    await page.keyboard.press('Enter');
    await waitForNotification(page, /busybox:stand-in finished in .*: 1 file in results\/\d{4}/);
    const names = (await readdir(join(workspace.folder, 'results'))).sort();
    assert.match(names[0] ?? '', /^\d{4}-\d\d-\d\dT/);
    assert.equal(names[1], 'loss.csv');
  });

  it('are compared: what is the same, what differs', async () => {
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
    const [newest] = (await treeItems(page, 'Runs')).map(({ label }) => label);
    await contextMenu(page, newest ?? '', 'Compare Runs…');
    await readQuickInput(page);
    await screenshot(page, 'runs-compare-pick');
    await acceptQuickInput(page);
    await page.getByPlaceholder('Enter opens the difference').waitFor();
    await screenshot(page, 'runs-compare');
    await acceptQuickInput(page);
    const sides = page.locator('.monaco-diff-editor .view-lines', { hasText: 'busybox:stand-in' });
    await sides.nth(1).waitFor();
    await screenshot(page, 'runs-compare-diff');
  });

  it('go on without their terminal, and are stopped', async () => {
    await contextMenu(page, image, 'Run with Output Binding…');
    await readQuickInput(page, form);
    await command('sh -c "echo working; sleep 300"');
    await readQuickInput(page, form);
    await acceptQuickInput(page);
    await terminal('working');
    await screenshot(page, 'run-running');
    const [newest] = (await treeItems(page, 'Runs')).map(({ label }) => label);
    const shown = page.locator('.terminal-tabs-entry');
    await shown.first().waitFor();
    const count = await shown.count();
    await contextMenu(page, newest ?? '', 'Show Terminal');
    await runPaletteCommand(page, 'Terminal: Kill the Active Terminal Instance');
    await clickNotification(page, /busybox:stand-in is still running/, 'Leave It Running');
    await waitFor('the only terminal of the run to close', async () => (await shown.count()) < count, { within: 5000 });
    await contextMenu(page, newest ?? '', 'Show Terminal');
    await terminal('working');
    await runPaletteCommand(page, 'Terminal: Kill the Active Terminal Instance');
    await waitForNotification(page, /busybox:stand-in is still running/);
    await screenshot(page, 'run-terminal-closed');
    await clickNotification(page, /is still running/, 'Stop It');
    await waitForNotification(page, /ended with exit code 137 \(SIGKILL\)/, { timeoutMs: 30_000 });
    const ends = page.locator('.notification-toast', { hasText: 'ended with exit code 137' });
    assert.equal(await ends.count(), 1, 'its end is told once');
    await screenshot(page, 'run-stopped');
  });

  it('that fail say why', async () => {
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
    await contextMenu(page, image, 'Run with Output Binding…');
    await readQuickInput(page, form);
    await command('pyhton train.py');
    await readQuickInput(page, form);
    await acceptQuickInput(page);
    await waitForNotification(page, /The image cannot run “pyhton”/);
    await screenshot(page, 'run-command-not-found');
  });

  it('are removed after a yes; their results stay', async () => {
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
    const folder = join(workspace.folder, '.research-containers', 'runs');
    const records = async (): Promise<number> =>
      (await readdir(folder)).filter((name) => name.endsWith('.json')).length;
    const before = await records();
    const [newest] = (await treeItems(page, 'Runs')).map(({ label }) => label);
    await contextMenu(page, newest ?? '', 'Remove Run…');
    await screenshot(page, 'run-remove');
    await answerDialog(page, 'Remove');
    const isGone = async (): Promise<boolean> => (await records()) === before - 1;
    await waitFor('the run to go', isGone, { within: 20_000 });
    await setTheme(page, 'Light Modern');
    await openView(page, 'Research Containers');
    await screenshot(page, 'runs-view-light');
  });
});
