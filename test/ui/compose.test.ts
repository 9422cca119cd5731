import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { ensureBaseImage } from '../harness/engines/base-images.js';
import { connectTo, readProgress } from '../harness/engines/connect.js';
import { forward } from '../harness/engines/forward.js';
import { type RunningRegistry, startRegistry } from '../harness/engines/registry.js';
import { findRunning } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import { ensureTestUser } from '../harness/machine/user.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { waitForNotification } from '../harness/vscode/notifications.js';
import { pickQuickInput, readQuickInput } from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import { clickTreeItem, contextMenu, setTheme, waitForTreeItem } from '../harness/vscode/workbench.js';
import { engineHost, say, vsix } from './support.js';

const python = 'python:3.11-slim-bookworm';
const image = 'amirpourmand/al-folio:v0.14.6';
/** Where al-folio's own image has its site, and serves it. */
const serve =
  'mkdir -p /site && ln -sfn /srv/jekyll /site/al-folio && exec python3 -m http.server 8080 --directory /site';

const files = {
  'docker-compose.yml': `services:
  jekyll:
    image: ${image}
    build: .
    ports:
      - 8080:8080
      - 35729:35729
    volumes:
      - .:/srv/jekyll
    environment:
      - JEKYLL_ENV=development
`,
  '_config.yml': 'title: al-folio\nbaseurl: /al-folio\n',
  'index.html': '<h1>al-folio</h1>\n',
  '_pages/about.md': 'before\n',
};

describe('a web application from its compose file', function () {
  this.timeout(180_000);
  const docker = connectTo(engineHost);
  let browser: Browser;
  let server: VsCodeServer;
  let folder: string;
  let page: Page;
  let registry: RunningRegistry | undefined;
  let way: { close: () => Promise<void> } | undefined;

  before(async () => {
    const user = await ensureTestUser();
    await ensureBaseImage(engineHost, python, { log: say });
    const container = await docker.createContainer({ Image: python, Cmd: ['sh', '-c', serve], StopSignal: 'SIGKILL' });
    await container.commit({ repo: image.split(':')[0], tag: image.split(':')[1] });
    await container.remove();
    browser = await openBrowser({ log: say });
    folder = join(await mkdtemp(join(tmpdir(), 'research-containers-compose-')), 'al-folio');
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    await runCommand(['chown', '--recursive', `${user.uid}:${user.gid}`, dirname(folder)]);
    // The engine publishes its ports in a network of its own.
    const engine = await findRunning('28');
    if (engine !== undefined) {
      registry = await startRegistry(engine, { log: say });
      await docker.getImage(python).tag({ repo: viewer().replace(/:1$/, ''), tag: '1' });
      await readProgress(await docker.getImage(viewer()).push({ authconfig: {} }));
      await docker.getImage(viewer()).remove();
      await writeFile(join(folder, 'compose.viewer.yaml'), viewerFile(viewer()));
    }
    way = await forward(`${engine?.address ?? '127.0.0.1'}:8080`, engine === undefined ? 0 : 8080);
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
    if (this.currentTest?.state === 'failed') await screenshot(page, 'compose-failed');
  });
  after(async () => {
    const filters = { label: ['com.docker.compose.project=al-folio'] };
    for (const { Id } of await docker.listContainers({ all: true, filters })) {
      await docker.getContainer(Id).remove({ force: true });
    }
    for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
    await docker.getImage(image).remove({ force: true });
    const pulled = registry === undefined ? undefined : docker.getImage(viewer());
    await pulled?.remove({ force: true }).catch(() => undefined);
    await registry?.stop();
    await way?.close();
    await browser.close();
    await server.stop();
    await rm(dirname(folder), { recursive: true, force: true });
  });

  const viewer = (): string => `${registry?.sharedAddress ?? ''}/test-compose/viewer:1`;
  const viewerFile = (reference: string): string => `services: {viewer: {image: "${reference}"}}\n`;
  const lens = (text: RegExp): Promise<void> =>
    page.locator('.codelens-decoration').filter({ hasText: text }).first().waitFor();

  it('is brought up by a right-click, and opens where it answers', async () => {
    await waitForTreeItem(page, 'docker-compose.yml');
    await clickTreeItem(page, 'docker-compose.yml');
    await lens(/not running/);
    await screenshot(page, 'compose-lens');
    await contextMenu(page, 'docker-compose.yml', 'Compose Up');
    await waitForNotification(page, /Starting al-folio/);
    await screenshot(page, 'compose-starting');
    const up = await waitForNotification(page, /al-folio is up: jekyll at http:\/\/localhost:8080\/al-folio\//, {
      timeoutMs: 60_000,
    });
    assert.deepEqual(up.buttons.slice(0, 2).sort(), ['Open in Browser', 'Show Logs']);
    await lens(/running.*ports 8080, 35729/);
    await screenshot(page, 'compose-up');
    assert.match(
      await (await fetch('http://localhost:8080/al-folio/', { signal: AbortSignal.timeout(10_000) })).text(),
      /<h1>al-folio<\/h1>/,
    );
  });

  it('serves what is changed in the editor’s folder', async () => {
    await writeFile(join(folder, '_pages/about.md'), 'after\n');
    assert.equal(
      await (
        await fetch('http://localhost:8080/al-folio/_pages/about.md', { signal: AbortSignal.timeout(10_000) })
      ).text(),
      'after\n',
    );
  });

  it('opens in the browser from its file', async () => {
    const opened = page.context().waitForEvent('page');
    await contextMenu(page, 'docker-compose.yml', 'Open Application in Browser');
    const application = await opened;
    // In a browser VS Code leads to what its machine serves by a way of its own server's, which the bare one has not.
    await application.waitForURL(/8080\/al-folio\/$/);
    await application.close();
    await page.bringToFront();
  });

  it('is restarted, and shows since when it runs', async () => {
    const started = async (): Promise<string> => {
      const [found] = await docker.listContainers({ filters: { label: ['com.docker.compose.project=al-folio'] } });
      return found === undefined ? '' : (await docker.getContainer(found.Id).inspect()).State.StartedAt;
    };
    const before = await started();
    await contextMenu(page, 'docker-compose.yml', 'Compose Restart');
    await waitForNotification(page, /al-folio is restarted: jekyll/);
    assert.notEqual(await started(), before);
    await lens(/running.*ports 8080, 35729/);
    await screenshot(page, 'compose-restarted');
  });

  it('shows the logs of all services in one tab', async () => {
    await contextMenu(page, 'docker-compose.yml', 'Compose Logs');
    await page.getByRole('tab', { name: /Logs: al-folio/ }).waitFor();
    const logs = page.frameLocator('iframe.webview.ready').frameLocator('iframe');
    await logs.getByText('GET /al-folio/ HTTP/1.1').first().waitFor();
    await screenshot(page, 'compose-logs');
    await setTheme(page, 'Dark Modern');
    await screenshot(page, 'compose-logs-dark');
  });

  it('names what is not supported on its line, with the command that supports it', async () => {
    await writeFile(join(folder, 'docker-compose.yml'), `${files['docker-compose.yml']}    volumes_from: [other]\n`);
    await clickTreeItem(page, 'docker-compose.yml');
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Shift+M');
    await page
      .getByText(/volumes_from/)
      .last()
      .waitFor();
    await screenshot(page, 'compose-problem');
    await writeFile(join(folder, 'docker-compose.yml'), files['docker-compose.yml']);
  });

  it('has its images pulled, and says which cannot be', async function () {
    if (registry === undefined) return this.skip();
    const pull = async (): Promise<void> => {
      await contextMenu(page, 'compose.viewer.yaml', 'Compose Pull');
      const { items } = await readQuickInput(page, 'Compose Pull');
      assert.deepEqual(
        items.map(({ label, description }) => [label, description]),
        [
          ['compose.viewer.yaml', 'by itself'],
          ['docker-compose.yml, then compose.viewer.yaml', 'overrides it'],
        ],
      );
      await pickQuickInput(page, 'compose.viewer.yaml');
    };
    await pull();
    const pulled = await waitForNotification(page, /Pulled the images of viewer\./);
    assert.deepEqual(pulled.buttons, ['Compose Up']);
    await docker.getImage(viewer()).inspect();
    await writeFile(join(folder, 'compose.viewer.yaml'), viewerFile(`${viewer()}-missing`));
    await pull();
    const failed = await waitForNotification(page, /The registry has no image \S+viewer:1-missing\./);
    assert.equal(failed.severity, 'error');
    await screenshot(page, 'compose-pull');
  });

  it('is taken down, after saying what will be removed', async () => {
    await contextMenu(page, 'docker-compose.yml', 'Compose Down…');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /Take al-folio down\?[^]*jekyll/);
    await screenshot(page, 'compose-down');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await waitForNotification(page, /al-folio is down: 1 container and 1 network removed/);
    await lens(/not running/);
    assert.deepEqual(
      await docker.listContainers({ all: true, filters: { label: ['com.docker.compose.project=al-folio'] } }),
      [],
    );
  });
});
