import assert from 'node:assert/strict';
import { type Browser, type FrameLocator, type Page } from 'playwright-core';
import { connectTo } from '../harness/engines/connect.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import {
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
const name = 'test-inside';
const within = { within: 20_000 };
const program = `trap 'exit 7' TERM; seq 1 300 | sed 's/.*/line & of the log/'; printf 'a \\033[31mred\\033[0m word\\n'; echo 'this is wrong' >&2; while :; do sleep 0.2; done`;

describe('shells, logs and usage of a container', function () {
  this.timeout(120_000);
  const docker = connectTo(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;
  let logs: FrameLocator;

  before(async () => {
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    const container = await docker.createContainer({ Image: busybox, name, Cmd: ['sh', '-c', program] });
    await container.start();
    const settings = { 'researchContainers.engine.host': engineHost, 'terminal.integrated.gpuAcceleration': 'off' };
    server = await startVsCodeServer({ version: '1.139', user, vsix, settings, log: say });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, busybox);
    for (const view of ['Runs', 'Images']) await page.locator('.pane-header', { hasText: view }).click();
    await waitForTreeItem(page, name);
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await workspace.remove();
    await docker.getContainer(name).remove({ force: true });
  });
  const terminal = (text: string): Promise<void> =>
    page.locator('.terminal-wrapper.active .xterm-rows', { hasText: text }).first().waitFor();
  const typed = async (text: string): Promise<void> => {
    await page.locator('.terminal-wrapper.active .xterm-helper-textarea').first().focus();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  const programs = async (): Promise<string> => {
    const exec = await docker.getContainer(name).exec({
      Cmd: ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'],
      AttachStdout: true,
      Tty: true,
    });
    const chunks: Buffer[] = [];
    for await (const chunk of await exec.start({ Tty: true })) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString();
  };

  it('open a shell in a terminal, which ends with it', async () => {
    await contextMenu(page, name, 'Open Shell');
    await terminal('/ #');
    await typed('echo "it is $((6 * 7)) ünï"; stty size; sleep 9876');
    await terminal('it is 42 ünï');
    await screenshot(page, 'shell');
    assert.match(await programs(), /sleep 9876/);
    await runPaletteCommand(page, 'Terminal: Kill the Active Terminal Instance');
    const isGone = async (): Promise<boolean> => !(await programs()).includes('sleep 9876');
    await waitFor('the programs of the shell to end', isGone, within);
  });

  it('say what the container uses, while somebody looks', async () => {
    await toggleTreeItem(page, name);
    const isMeasured = async (): Promise<boolean> =>
      (await treeItems(page)).some(({ label, description }) => label === 'Usage' && /% CPU · .*B/.test(description));
    await waitFor('the usage to be measured', isMeasured, within);
    await screenshot(page, 'usage');
    await toggleTreeItem(page, name);
  });

  it('show the log, find in it, and go on when the container starts again', async () => {
    await contextMenu(page, name, 'Show Logs');
    logs = page.frameLocator('iframe.webview.ready').frameLocator('iframe');
    // Lines of the two streams come in no order that is sure.
    await logs.getByText('line 300 of the log').waitFor();
    await logs.locator('#state', { hasText: /./ }).waitFor();
    await screenshot(page, 'logs');
    await logs.getByPlaceholder('Find').fill('line 17 ');
    await logs.locator('#count', { hasText: '1' }).waitFor();
    await page.keyboard.press('Enter');
    await logs.getByText('line 17 of the log').waitFor();
    await screenshot(page, 'logs-find');
    await logs.getByRole('button', { name: 'Timestamps' }).click();
    const container = docker.getContainer(name);
    await container.stop();
    await logs.locator('#state', { hasText: '7' }).waitFor();
    await screenshot(page, 'logs-stopped');
    await container.start();
    await logs.getByPlaceholder('Find').fill('this is wrong');
    await logs.locator('#count', { hasText: '2' }).waitFor();
    await setTheme(page, 'Light Modern');
    await logs.getByRole('button', { name: 'Follow' }).click();
    await logs.getByText('line 300 of the log').waitFor();
    await screenshot(page, 'logs-light');
  });
});
