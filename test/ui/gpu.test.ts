import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { connectTo } from '../harness/engines/connect.js';
import { type GpuAnswers, GpuDoor } from '../harness/engines/gpu-door.js';
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
import { contextMenu, openView, runPaletteCommand, setTheme, waitForTreeItem } from '../harness/vscode/workbench.js';
import { makeHostWorkspace, type Workspace } from '../harness/workspace.js';
import { engineHost, say, vsix } from './support.js';

/** The recorded answers of a situation that verdicts are tested with, too. */
function situation(name: string): { info: Record<string, unknown>; probe: { output: string; capabilities: string } } {
  return JSON.parse(readFileSync(`test/fixtures/gpu/${name}.json`, 'utf8')) as ReturnType<typeof situation>;
}

const nvidia = { Runtimes: { runc: {}, nvidia: {} } };
const withGpu = (name: string): GpuAnswers => {
  const { output, capabilities } = situation(name).probe;
  return { info: nvidia, container: { prints: output, capabilities } };
};

const lockFile = (cuda: string): string =>
  `version = 1\n[[package]]\nname = "torch"\nversion = "2.7.1+${cuda}"\nsource = { registry = "https://download.pytorch.org/whl/${cuda}" }\n`;

describe('the GPU in the status bar', function () {
  this.timeout(120_000);
  let browser: Browser;
  let server: VsCodeServer;
  let workspace: Workspace;
  let door: GpuDoor;
  let page: Page;
  const docker = connectTo(engineHost);

  before(async () => {
    const user = await ensureTestUser();
    door = await GpuDoor.open(engineHost);
    browser = await openBrowser({ log: say });
    workspace = await makeHostWorkspace(user);
    // Terminals are drawn as text, not on a canvas: the test reads them.
    const settings = {
      'researchContainers.engine.host': door.host,
      'terminal.integrated.gpuAcceleration': 'off',
    };
    server = await startVsCodeServer({ version: '1.139', user, vsix, settings, log: say });
    page = await openWorkbench(browser, { url: server.url, folder: workspace.folder });
    await waitForTreeItem(page, 'Dockerfile');
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await door.close();
    await workspace.remove();
    const left = (await docker.listContainers({ all: true })).filter(({ Command }) => /NVIDIA-SMI|^echo/.test(Command));
    assert.deepEqual(left, [], 'no container is left of looking for a GPU');
  });

  const item = (text: string | RegExp): ReturnType<Page['locator']> =>
    page
      .locator('.statusbar-item', { has: page.locator('.codicon-circuit-board, .codicon-warning, .codicon-question') })
      .filter({ hasText: text });
  const checkAgain = async (): Promise<void> => {
    await runPaletteCommand(page, 'Research Containers: Show GPU…');
    await readQuickInput(page, 'GPU');
    await pickQuickInput(page, 'Check Again');
  };

  it('is there at once, and asks nobody where nothing needs one', async () => {
    await item(/^\s*GPU$/).waitFor();
    await screenshot(page, 'gpu-unchecked');
  });

  it('says that there is only a CPU', async () => {
    await item(/GPU$/).click();
    const { items } = await readQuickInput(page, 'GPU');
    assert.ok(items.length > 0);
    await item('CPU Only').waitFor();
    await page.locator('.quick-input-widget', { hasText: 'runs on the CPU' }).waitFor();
    await screenshot(page, 'gpu-cpu-only');
    await cancelQuickInput(page);
  });

  it('names the CUDA of a GPU that is there', async () => {
    door.set(withGpu('rtx-3060-550-cuda-12.4'));
    await checkAgain();
    await item('CUDA 12.4').waitFor();
    await page.locator('.quick-input-widget', { hasText: 'NVIDIA GeForce RTX 3060, 12 GB' }).waitFor();
    await screenshot(page, 'gpu-usable');
    await cancelQuickInput(page);
  });

  it('warns as soon as a lock file asks for what it does not run, on the line of the base image, too', async () => {
    await writeFile(join(workspace.folder, 'uv.lock'), lockFile('cu130'), { mode: 0o666 });
    await item('CUDA 12.4: Not for This Project').waitFor();
    await item('CUDA 12.4: Not for This Project').click();
    await page.locator('.quick-input-widget', { hasText: 'torch 2.7.1+cu130 in uv.lock' }).waitFor();
    await screenshot(page, 'gpu-not-for-this-project');
    await cancelQuickInput(page);
    await runPaletteCommand(page, 'Problems: Focus on Problems View');
    await page.locator('.markers-panel', { hasText: 'older than CUDA 13.0' }).waitFor();
    await screenshot(page, 'gpu-problem');
    await writeFile(join(workspace.folder, 'uv.lock'), lockFile('cu124'), { mode: 0o666 });
    await item(/CUDA 12\.4$/).waitFor();
    await page.locator('.markers-panel', { hasText: 'No problems have been detected' }).waitFor();
    await rm(join(workspace.folder, 'uv.lock'));
  });

  it('shows in its tooltip what was found', async () => {
    await item('CUDA 12.4').hover();
    await page.locator('.monaco-hover', { hasText: 'Highest CUDA' }).waitFor();
    await screenshot(page, 'gpu-tooltip');
    await page.mouse.move(600, 300);
  });

  it('says what keeps containers from it, with the command that helps', async () => {
    door.set({
      info: nvidia,
      container: {
        refused: (
          JSON.parse(readFileSync('test/fixtures/gpu/rootless-device-rules.json', 'utf8')) as {
            probe: { refused: string };
          }
        ).probe.refused,
      },
    });
    await checkAgain();
    await item('GPU: Not for Containers').waitFor();
    await page.locator('.quick-input-widget', { hasText: 'no-cgroups' }).first().waitFor();
    await reopenIn('Dark Modern');
    await screenshot(page, 'gpu-not-for-containers-dark');
    await pickQuickInput(page, 'sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=true --in-place');
    await page.locator('.terminal-wrapper .xterm-rows', { hasText: 'nvidia-ctk config' }).waitFor();
    await screenshot(page, 'gpu-command');
  });

  it('tells an AMD GPU from one of NVIDIA', async () => {
    door.set({ info: { DiscoveredDevices: [{ Source: 'cdi', ID: 'amd.com/gpu=0' }] }, container: undefined });
    await checkAgain();
    await item('AMD GPU').waitFor();
    await screenshot(page, 'gpu-amd');
    await cancelQuickInput(page);
  });

  /** An image that says which CUDA it brings. */
  const makeImage = async (tag: string, cuda: string): Promise<string> => {
    const made = await docker.createContainer({ Image: 'busybox:stand-in' });
    const changes = [`ENV CUDA_VERSION=${cuda}.0`, `ENV NVIDIA_REQUIRE_CUDA=cuda>=${cuda}`].join('\n');
    await made.commit({ repo: 'test-ui-gpu', tag, changes });
    await made.remove();
    return `test-ui-gpu:${tag}`;
  };

  it('checks an image from the tree', async () => {
    door.set(withGpu('rtx-3060-550-cuda-12.4'));
    const image = await makeImage('1', '13.0');
    try {
      await openView(page, 'Research Containers');
      const { description } = await waitForTreeItem(page, image);
      assert.match(description, /CUDA 13\.0/);
      await contextMenu(page, image, 'Check GPU for Image…');
      await waitForNotification(page, /test-ui-gpu:1: will not run on the GPU\..*cuda>=13\.0/);
      await screenshot(page, 'gpu-image');
    } finally {
      await docker.getImage(image).remove({ force: true });
    }
  });

  it('offers the GPU to a run of an image that it fits', async () => {
    await checkAgain();
    await item('CUDA 12.4').waitFor();
    await cancelQuickInput(page);
    const image = await makeImage('2', '12.4');
    try {
      await waitForTreeItem(page, image);
      const before = door.asked;
      await contextMenu(page, image, 'Run with Output Binding…');
      const form = await readQuickInput(page, `Run ${image}`);
      assert.equal(form.items.find(({ label }) => label === 'GPU')?.description, 'with all GPUs');
      await pickQuickInput(page, 'GPU');
      const { items } = await readQuickInput(page, 'GPU for This Run');
      assert.deepEqual(
        items.map(({ label }) => label),
        ['With the GPU', 'Without a GPU'],
      );
      await screenshot(page, 'gpu-for-a-run');
      await acceptQuickInput(page);
      await readQuickInput(page, `Run ${image}`);
      await pickQuickInput(page, 'Command');
      await readQuickInput(page, `Command for ${image}`);
      await answerQuickInput(page, 'touch /output/x');
      await readQuickInput(page, `Run ${image}`);
      await acceptQuickInput(page);
      await waitForNotification(page, /test-ui-gpu:2 finished in .*: 1 file in/);
      assert.equal(door.asked, before + 1);
    } finally {
      for (const { Id } of await docker.listContainers({ all: true, filters: { ancestor: [image] } })) {
        await docker.getContainer(Id).remove({ force: true });
      }
      await docker.getImage(image).remove({ force: true });
    }
  });

  /** Choosing a theme closes the details. */
  async function reopenIn(theme: string): Promise<void> {
    await cancelQuickInput(page);
    await setTheme(page, theme);
    await runPaletteCommand(page, 'Research Containers: Show GPU…');
    await readQuickInput(page, 'GPU');
  }
});
