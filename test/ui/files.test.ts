import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { crc32, deflateSync } from 'node:zlib';
import { type Browser, type Page } from 'playwright-core';
import { pack } from 'tar-stream';
import { connectTo } from '../harness/engines/connect.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { answerDialog, readDialog } from '../harness/vscode/dialogs.js';
import { waitForNotification } from '../harness/vscode/notifications.js';
import {
  answerFileDialog,
  answerQuickInput,
  cancelQuickInput,
  pickQuickInput,
  readQuickInput,
} from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import {
  clickTreeItem,
  contextMenu,
  contextMenuEntries,
  openView,
  runPaletteCommand,
  toggleTreeItem,
  treeItems,
  waitForTreeItem,
} from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

const busybox = 'busybox:stand-in';
const name = 'test-files';
const odd = 'loss 100% #1?.txt';
const within = { within: 20_000 };

describe('the files of containers, volumes and images', function () {
  this.timeout(120_000);
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
    await docker.createVolume({ Name: name });
    const script = `mkdir -p /work/below; echo first > /work/notes.txt; echo odd > '/work/${odd}'; sleep 300`;
    const mount = { Type: 'volume' as const, Source: name, Target: '/data' };
    const container = await docker.createContainer({
      Image: busybox,
      name,
      Cmd: ['sh', '-c', script],
      HostConfig: { Mounts: [mount], Init: true },
    });
    const archive = pack();
    archive.entry({ name: 'plot.png' }, plot(320, 200));
    archive.finalize();
    await container.putArchive(await buffer(archive), { path: '/data' });
    await container.start();
    const settings = { 'researchContainers.engine.host': engineHost };
    server = await startVsCodeServer({ version: '1.139', user, vsix, settings, log: say });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, busybox);
    // What a tree has no room for is not there to be found, however many images the engine has.
    await fold('Runs', 'Images');
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await workspace.remove();
    // What was made to look inside may have been left by a window that was ended.
    for (const id of (await containers()).filter((each) => !found.includes(each))) {
      await docker.getContainer(id).remove({ force: true });
    }
    await docker.getVolume(name).remove();
  });
  const fold = async (...views: string[]): Promise<void> => {
    for (const view of views) await page.locator('.pane-header', { hasText: view }).click();
  };
  const printed = async (...command: string[]): Promise<string> => {
    const exec = await docker.getContainer(name).exec({ Cmd: command, AttachStdout: true, Tty: true });
    return (await text(await exec.start({ Tty: true }))).replaceAll('\r\n', '\n');
  };
  const editor = (content: string): Promise<void> =>
    page.locator('.editor-instance .view-lines', { hasText: content }).first().waitFor();

  it('show a plot of a volume in the viewer of images', async () => {
    await fold('Containers');
    await toggleTreeItem(page, name);
    await toggleTreeItem(page, 'Files');
    const item = await waitForTreeItem(page, 'plot.png');
    assert.match(item.description, /^\d+(?:\.\d)? k?B · /);
    await clickTreeItem(page, 'plot.png');
    await page.locator('.tab', { hasText: 'plot.png' }).waitFor();
    const image = page.frameLocator('iframe.webview.ready').frameLocator('iframe').locator('img');
    await image.first().waitFor();
    await page.locator('.statusbar-item', { hasText: '320x200' }).waitFor();
    await screenshot(page, 'files-plot');
    await fold('Volumes', 'Containers');
  });

  it('are edited in a container that runs', async () => {
    await toggleTreeItem(page, name);
    await toggleTreeItem(page, 'Files');
    await toggleTreeItem(page, 'work');
    await waitForTreeItem(page, odd);
    await clickTreeItem(page, 'notes.txt');
    await editor('first');
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('second');
    await page.keyboard.press('Control+s');
    const saved = async (): Promise<boolean> => (await printed('cat', '/work/notes.txt')).trim() === 'first\nsecond';
    await waitFor('the file to be saved', saved, within);
    await page.locator('.tab.dirty').waitFor({ state: 'detached' });
    await clickTreeItem(page, odd);
    await editor('odd');
    await screenshot(page, 'files-edited');
  });

  it('are downloaded, and uploaded with a question where one is replaced', async () => {
    const here = join(workspace.folder, 'downloaded.txt');
    await contextMenu(page, 'notes.txt', 'Download…');
    await answerFileDialog(page, here);
    await waitForNotification(page, /Downloaded notes\.txt to /);
    assert.equal((await readFile(here, 'utf8')).trim(), 'first\nsecond');
    await runPaletteCommand(page, 'Notifications: Clear All Notifications');
    await writeFile(here, 'third\n');
    for (const turn of ['new', 'replaced']) {
      await contextMenu(page, 'work', 'Upload Files…');
      await answerFileDialog(page, here);
      if (turn === 'replaced') {
        assert.match(await readDialog(page), /Replace 1 file in \/work\?\s+downloaded\.txt/);
        await screenshot(page, 'files-replace');
        await answerDialog(page, 'Replace');
      }
      await waitForTreeItem(page, 'downloaded.txt');
      const arrived = async (): Promise<boolean> => (await printed('cat', '/work/downloaded.txt')) === 'third\n';
      await waitFor('the file to arrive', arrived, within);
    }
  });

  it('are made, renamed and deleted, after a dialog that names them', async () => {
    await contextMenu(page, 'work', 'New Folder…');
    await answerQuickInput(page, 'plots');
    await waitForTreeItem(page, 'plots');
    await contextMenu(page, 'plots', 'Rename…');
    await answerQuickInput(page, 'figures');
    await waitForTreeItem(page, 'figures');
    await contextMenu(page, 'figures', 'Delete…');
    assert.match(await readDialog(page), /Delete 1 entry\?\s+\/work\/figures \(a folder/);
    await answerDialog(page, 'Delete');
    const gone = async (): Promise<boolean> => !(await treeItems(page)).some(({ label }) => label === 'figures');
    await waitFor('the folder to go', gone, within);
    assert.equal((await printed('ls', '/work')).includes('figures'), false);
  });

  it('are listed anew when somebody asks', async () => {
    await printed('touch', '/work/later.txt');
    await contextMenu(page, 'work', 'Refresh Files');
    await waitForTreeItem(page, 'later.txt');
  });

  it('of an image are looked at, and not changed', async () => {
    await fold('Containers', 'Images');
    await toggleTreeItem(page, busybox);
    await toggleTreeItem(page, 'Files');
    await waitForTreeItem(page, 'bin', 60_000);
    const entries = await contextMenuEntries(page, 'bin');
    assert.ok(entries.includes('Download…'));
    assert.ok(!entries.some((entry) => /Upload|Delete|Rename|New Folder/.test(entry)), entries.join(', '));
    await screenshot(page, 'files-image');
  });

  it('are browsed from the palette', async () => {
    await runPaletteCommand(page, 'Research Containers: Browse Files…');
    await readQuickInput(page, 'Browse Files');
    await pickQuickInput(page, name);
    await readQuickInput(page, `Browse Files: ${name} /`);
    await pickQuickInput(page, 'work');
    await readQuickInput(page, `Browse Files: ${name} /work`);
    await pickQuickInput(page, '..');
    await readQuickInput(page, `Browse Files: ${name} /`);
    await screenshot(page, 'files-browse');
    await cancelQuickInput(page);
  });
});

/** A curve on white, as a PNG (https://www.w3.org/TR/png-3/). */
function plot(width: number, height: number): Buffer {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + 3 * width, 255);
    row[0] = 0;
    for (let x = 0; x < width; x++) {
      const curve = height * (0.5 - 0.4 * Math.sin((x / width) * 4 * Math.PI));
      if (Math.abs(y - curve) < 3) row.set([31, 119, 180], 1 + 3 * x);
    }
    return row;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(body.length + 8);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), body.length + 4);
    return frame;
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}
