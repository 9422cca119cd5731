import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { newRecord, recordFileFor, type RunRecord, writeRunRecord } from '../../src/run/record.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { connectTo } from '../harness/engines/connect.js';
import { runCommand } from '../harness/machine/commands.js';
import { ensureEmulation, removeEmulation } from '../harness/machine/emulation.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { waitFor } from '../harness/machine/waiting.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import {
  acceptQuickInput,
  cancelQuickInput,
  pickQuickInput,
  readQuickInput,
  waitForNoQuickInput,
} from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import { contextMenu, openView, toggleTreeItem, treeItems, waitForTreeItem } from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

const foreign = 'busybox:stand-in-arm64';
/** As it stands below the image of the engine's own platform. */
const below = `linux/arm64 ${foreign}`;
const full = 'test-run-form:full';
const runs = 200;
const pictures = 60;
/** One grey pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

describe('the form of a run, and many runs', function () {
  this.timeout(180_000);
  const docker = connectTo(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let page: Page;
  before(async () => {
    await removeEmulation('arm64');
    await importBusybox(engineHost, { architecture: 'arm64' });
    const container = await docker.createContainer({
      Image: 'busybox:stand-in',
      Cmd: ['sh', '-c', 'mkdir /output; touch /output/weights.bin /output/notes.txt'],
    });
    await container.start();
    await container.wait();
    await container.commit({ repo: 'test-run-form', tag: 'full', changes: 'CMD ["ls", "/output"]' });
    await container.remove();
    const user = await ensureTestUser();
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    await writeRuns(workspace.folder);
    await runCommand(['chown', '--recursive', `${user.uid}:${user.gid}`, workspace.folder]);
    server = await startVsCodeServer({
      version: '1.139',
      user,
      vsix,
      settings: { 'researchContainers.engine.host': engineHost },
      log: say,
    });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, full);
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await workspace.remove();
    for (const image of [foreign, full]) await docker.getImage(image).remove();
    await removeEmulation('arm64');
  });
  const firstLine = async (image: string, item = image): Promise<string> => {
    await contextMenu(page, item, 'Run with Output Binding…');
    const { items } = await readQuickInput(page, `Run ${image}`);
    return `${items[0]?.label ?? ''}: ${items[0]?.description ?? ''}`;
  };

  it('says which files of the image the results would hide, and names them', async () => {
    assert.match(await firstLine(full), /^Run/);
    const { items } = await readQuickInput(page, `Run ${full}`);
    const target = items.find(({ label }) => label === 'Container Folder');
    assert.equal(target?.description, '/output · hides 2 files of the image');
    await screenshot(page, 'run-form-hides');
    await pickQuickInput(page, 'Container Folder');
    const { items: files } = await readQuickInput(page, 'The Image Has Files at /output');
    assert.deepEqual(
      files.slice(-2).map(({ label }) => label),
      ['notes.txt', 'weights.bin'],
    );
    await screenshot(page, 'run-form-hidden-files');
    await cancelQuickInput(page);
    await readQuickInput(page, `Run ${full}`);
    await cancelQuickInput(page);
    await waitForNoQuickInput(page);
  });

  it('offers the same image for the engine’s platform in place of one that cannot run', async () => {
    await toggleTreeItem(page, 'busybox:stand-in');
    assert.equal(
      await firstLine(foreign, below),
      'Cannot Run Here: the image is for linux/arm64, the engine for linux/amd64',
    );
    await screenshot(page, 'run-form-impossible');
    await acceptQuickInput(page);
    await readQuickInput(page, 'Run busybox:stand-in');
    await cancelQuickInput(page);
    await waitForNoQuickInput(page);
  });

  it('says that an emulated image is slow', async () => {
    await ensureEmulation('arm64', say);
    assert.match(await firstLine(foreign, below), /^Run: emulated: the image is for linux\/arm64/);
    await screenshot(page, 'run-form-emulated');
    await cancelQuickInput(page);
    await waitForNoQuickInput(page);
  });

  it('lists 200 runs, and shows 60 pictures of one', async () => {
    const [newest] = await treeItems(page, 'Runs');
    assert.match(newest?.label ?? '', /^python train.py --seed 199$/);
    assert.match(newest?.description ?? '', /60 files/);
    await screenshot(page, 'runs-many');
    await contextMenu(page, newest?.label ?? '', 'Show Results');
    const gallery = page.frameLocator('iframe.webview.ready').frameLocator('iframe');
    await gallery.getByText('figure-00.png').first().waitFor();
    const images = gallery.locator('img');
    await waitFor('all pictures', async () => (await images.count()) === pictures, { within: 10_000 });
    await screenshot(page, 'run-results-many');
  });
});

async function writeRuns(project: string): Promise<void> {
  const results = join(project, 'results');
  await mkdir(results);
  const outputs = Array.from({ length: pictures }, (_, at) => ({
    path: `figure-${String(at).padStart(2, '0')}.png`,
    size: png.length,
  }));
  for (const { path } of outputs) await writeFile(join(results, path), png);
  for (let at = 0; at < runs; at++) {
    const started = new Date(Date.UTC(2026, 0, 1, at));
    const record: RunRecord = {
      ...newRecord({
        image: { reference: 'lab/analysis:1', imageId: 'sha256:1', diffIds: [], platform: 'linux/amd64' },
        command: ['python', 'train.py', '--seed', String(at)],
        environment: {},
        omittedEnvironment: [],
        output: { folder: 'results', target: '/output' },
        mounts: [],
        ports: [],
        limits: {},
        interactive: false,
        container: { id: String(at).padStart(64, '0'), name: `run-${at}` },
        host: { engine: 'Docker 28.0.1', platform: 'linux/amd64', operatingSystem: 'Debian 12' },
        started: started.toISOString(),
      }),
      state: 'finished',
      finished: new Date(started.getTime() + 60_000).toISOString(),
      seconds: 60,
      exitCode: at % 7 === 2 ? 1 : 0,
      outOfMemory: false,
      outputs: at === runs - 1 ? outputs : [],
    };
    await writeRunRecord(recordFileFor(project, record.container.id, started), record);
  }
}
