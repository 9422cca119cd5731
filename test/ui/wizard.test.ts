import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { ensureBaseImage } from '../harness/engines/base-images.js';
import { connectTo } from '../harness/engines/connect.js';
import { runCommand } from '../harness/machine/commands.js';
import { ensureTestUser, type TestUser } from '../harness/machine/user.js';
import { openBrowser, openWorkbench, screenshot } from '../harness/vscode/browser.js';
import { clickNotification, waitForNotification } from '../harness/vscode/notifications.js';
import {
  acceptQuickInput,
  answerQuickInput,
  cancelQuickInput,
  pickQuickInput,
  readQuickInput,
  typeQuickInput,
} from '../harness/vscode/quick-input.js';
import { startVsCodeServer, type VsCodeServer } from '../harness/vscode/server.js';
import { contextMenu, openView, runPaletteCommand, setTheme, waitForTreeItem } from '../harness/vscode/workbench.js';
import { engineHost, say, vsix } from './support.js';

const python = 'python:3.11-slim-bookworm';
const r = 'rocker/r-ver:4.2.3';

const projects = {
  tides: {
    'requirements.txt': 'numpy==1.24.2\n',
    '.python-version': '3.11\n',
    'README.md': '# Tides\n',
    'run model.py':
      'import numpy as np\nimport os\n\n\ndef main():\n    os.makedirs("results", exist_ok=True)\n' +
      '    np.savetxt("results/tides.csv", np.loadtxt("data/raw.csv") * np.arange(3))\n\n\nif __name__ == "__main__":\n    main()\n',
    'data/raw.csv': '1\n',
  },
  walk: {
    'walk.py':
      'import random\nfrom pathlib import Path\n\nfigures = Path("figures")\nfigures.mkdir(exist_ok=True)\n' +
      '(figures / "walk.txt").write_text(str(sum(random.choice((-1, 1)) for _ in range(100))))\n',
    Dockerfile: '# mine\nFROM scratch\n',
  },
  growth: {
    'analysis.R':
      'dir.create("output", showWarnings = FALSE)\nwrite.csv(data.frame(x = 1:2), "output/growth.csv", row.names = FALSE)\n',
  },
};

describe('creating a Dockerfile', function () {
  this.timeout(240_000);
  let browser: Browser;
  let server: VsCodeServer;
  let user: TestUser;
  let base: string;
  let page: Page;
  const images = ['test-wizard-tides:1', 'test-wizard-walk:1', 'test-wizard-growth:1'];

  before(async () => {
    user = await ensureTestUser();
    for (const image of [python, r]) await ensureBaseImage(engineHost, image, { log: say });
    browser = await openBrowser({ log: say });
    base = await mkdtemp(join(tmpdir(), 'research-containers-wizard-'));
    for (const [name, files] of Object.entries(projects)) {
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(base, name, file)), { recursive: true });
        await writeFile(join(base, name, file), text);
      }
    }
    await runCommand(['chown', '--recursive', `${user.uid}:${user.gid}`, base]);
    server = await startVsCodeServer({
      version: '1.139',
      user,
      vsix,
      settings: { 'researchContainers.engine.host': engineHost },
      log: say,
    });
  });
  after(async () => {
    const docker = connectTo(engineHost);
    for (const image of images) {
      const containers = await docker.listContainers({ all: true, filters: { ancestor: [image] } });
      for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true });
      await docker
        .getImage(image)
        .remove({ force: true })
        .catch(() => undefined);
    }
    await browser.close();
    await server.stop();
    await rm(base, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await screenshot(page, 'wizard-failed');
  });

  const open = async (name: string): Promise<void> => {
    page = await openWorkbench(browser, { url: server.url, folder: join(base, name) });
  };
  const step = async (title: RegExp): Promise<Awaited<ReturnType<typeof readQuickInput>>> => {
    await page.locator('.quick-input-title').filter({ hasText: title }).waitFor();
    return readQuickInput(page);
  };
  const labels = (shown: { items: { label: string }[] }): string[] => shown.items.map(({ label }) => label);
  /** From the message after Create to files on the host. */
  const buildAndRun = async (image: string, folder: string): Promise<string[]> => {
    await clickNotification(page, /Dockerfile.* written/, 'Build Research Image');
    await readQuickInput(page, 'Build Research Image from Dockerfile');
    await pickQuickInput(page, 'Reference');
    await readQuickInput(page, 'Reference of the Image');
    await answerQuickInput(page, image);
    await readQuickInput(page, 'Build Research Image from Dockerfile');
    await acceptQuickInput(page);
    await waitForNotification(page, new RegExp(`Built ${image}`), { timeoutMs: 120_000 });
    await openView(page, 'Research Containers');
    await waitForTreeItem(page, image);
    await contextMenu(page, image, 'Run with Output Binding…');
    await readQuickInput(page, `Run ${image}`);
    await acceptQuickInput(page);
    await waitForNotification(page, new RegExp(`${image} finished in .*: 1 file in results`), { timeoutMs: 60_000 });
    return readdir(join(base, folder, 'results'));
  };

  it('asks little, shows what it finds and what comes of each answer, and writes what builds and runs', async () => {
    await open('tides');
    await waitForTreeItem(page, 'requirements.txt');
    await contextMenu(page, 'requirements.txt', 'Create Dockerfile…');
    const recipes = await step(/Create Dockerfile: Recipe/);
    assert.equal(recipes.items.find(({ label }) => label === 'pip')?.label, 'pip');
    await page.getByRole('tab', { name: /^Dockerfile/ }).waitFor();
    await screenshot(page, 'wizard-recipe');
    await acceptQuickInput(page);
    const versions = await step(/Create Dockerfile: Version of Python/);
    assert.equal(versions.items[0]?.label, 'Python 3.11');
    assert.match(versions.items.map(({ description }) => description).join(), /\.python-version/);
    await page.getByText('FROM python:3.11-slim-bookworm').first().waitFor();
    // The preview follows the line that is looked at.
    await page.keyboard.press('ArrowDown');
    await page.getByText('FROM python:3.12-slim-bookworm').first().waitFor();
    await screenshot(page, 'wizard-version');
    await page.keyboard.press('ArrowUp');
    await acceptQuickInput(page);
    const commands = await step(/Create Dockerfile: Command/);
    assert.equal(commands.items[0]?.label, "python 'run model.py'");
    await screenshot(page, 'wizard-command');
    await page.keyboard.press('Alt+ArrowLeft');
    await step(/Create Dockerfile: Version of Python/);
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Command/);
    await acceptQuickInput(page);
    const outputs = await step(/Create Dockerfile: Results Folder/);
    assert.equal(outputs.items[0]?.label, 'results');
    await screenshot(page, 'wizard-output');
    await pickQuickInput(page, 'Another folder…');
    await step(/Create Dockerfile: Results Folder/);
    await typeQuickInput(page, '../outside');
    await page.locator('.quick-input-message').filter({ hasText: /\S/ }).waitFor();
    await screenshot(page, 'wizard-output-refused');
    await answerQuickInput(page, 'results');
    await step(/Create Dockerfile: Platforms/);
    await screenshot(page, 'wizard-platforms');
    await acceptQuickInput(page);
    const create = await step(/Create Dockerfile: Create/);
    assert.deepEqual(labels(create).slice(0, 4), ['Create', 'Dockerfile', '.dockerignore', 'README.md']);
    await screenshot(page, 'wizard-create');
    assert.deepEqual((await readdir(join(base, 'tides'))).includes('Dockerfile'), false, 'nothing is written before');
    await acceptQuickInput(page);
    await waitForNotification(page, /Dockerfile.* written/, { timeoutMs: 30_000 });
    await screenshot(page, 'wizard-written');
    const dockerfile = await readFile(join(base, 'tides', 'Dockerfile'), 'utf8');
    assert.match(dockerfile, /CMD \["python", "run model\.py"\]/);
    assert.match(await readFile(join(base, 'tides', 'README.md'), 'utf8'), /^# Tides\n[^]*How to run/);
    assert.match(await readFile(join(base, 'tides', '.dockerignore'), 'utf8'), /^data\/?$/m);
    assert.deepEqual(await buildAndRun('test-wizard-tides:1', 'tides'), ['tides.csv']);
    await page.close();
  });

  it('keeps a Dockerfile that is there until it is told otherwise, and shows how the new one differs', async () => {
    await open('walk');
    await waitForTreeItem(page, 'walk.py');
    await runPaletteCommand(page, 'Research Containers: Create Dockerfile…');
    await step(/Create Dockerfile: Recipe/);
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Version of Python/);
    await pickQuickInput(page, 'Python 3.11');
    await step(/Create Dockerfile: Command/);
    await acceptQuickInput(page);
    const outputs = await step(/Create Dockerfile: Results Folder/);
    assert.equal(outputs.items[0]?.label, 'figures');
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Platforms/);
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Create/);
    await acceptQuickInput(page);
    const existing = await step(/There Is a Dockerfile/);
    assert.deepEqual(labels(existing), ['Write as Dockerfile.research', 'Replace', 'Keep']);
    await screenshot(page, 'wizard-existing');
    await pickQuickInput(page, 'Replace');
    await waitForNotification(page, /Dockerfile.* written/, { timeoutMs: 30_000 });
    assert.doesNotMatch(await readFile(join(base, 'walk', 'Dockerfile'), 'utf8'), /FROM scratch/);
    assert.deepEqual(await buildAndRun('test-wizard-walk:1', 'walk'), ['walk.txt']);
    await page.close();
  });

  it('leaves nothing behind when it is escaped from, and looks right in a dark theme', async () => {
    await open('growth');
    await waitForTreeItem(page, 'analysis.R');
    await setTheme(page, 'Dark Modern');
    await runPaletteCommand(page, 'Research Containers: Create Dockerfile…');
    await step(/Create Dockerfile: Recipe/);
    await screenshot(page, 'wizard-dark');
    await pickQuickInput(page, 'What Was Found…');
    await page.getByRole('tab', { name: /What Was Found/ }).waitFor();
    await screenshot(page, 'wizard-found');
    await step(/Create Dockerfile: Recipe/);
    await cancelQuickInput(page);
    await page.getByRole('tab', { name: /^Dockerfile/ }).waitFor({ state: 'detached' });
    assert.deepEqual(await readdir(join(base, 'growth')), ['analysis.R']);
  });

  it('writes a Dockerfile for R', async () => {
    await runPaletteCommand(page, 'Research Containers: Create Dockerfile…');
    await step(/Create Dockerfile: Recipe/);
    await pickQuickInput(page, 'R');
    await step(/Create Dockerfile: Version of R/);
    await pickQuickInput(page, 'R 4.2.3');
    await step(/Create Dockerfile: Command/);
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Results Folder/);
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Platforms/);
    await acceptQuickInput(page);
    await step(/Create Dockerfile: Create/);
    await acceptQuickInput(page);
    assert.deepEqual(await buildAndRun('test-wizard-growth:1', 'growth'), ['growth.csv']);
  });
});
