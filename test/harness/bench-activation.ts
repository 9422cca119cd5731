import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Log } from './machine/commands.js';
import { ensureTestUser } from './machine/user.js';
import { openBrowser } from './vscode/browser.js';
import { bundleDriver } from './vscode/bundle-driver.js';
import { runInExtensionHost } from './vscode/extension-host.js';
import { startVsCodeServer } from './vscode/server.js';

const measured = 5;

/**
 * Milliseconds that the extension needs to become active: loading the bundle and `activate()`, each
 * in a fresh extension host of VS Code 1.139, after one to warm the disk's cache.
 */
export async function measureActivation(
  vsix: string,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  const user = await ensureTestUser();
  const server = await startVsCodeServer({ version: '1.139', user, vsix, log, signal });
  const browser = await openBrowser({ log, signal });
  const times: number[] = [];
  try {
    const driver = await bundleDriver(folder, [resolve(__dirname, '../driver/activation-time.ts')]);
    const [testsModule] = driver.testFiles;
    if (testsModule === undefined) throw new Error('The measurement was not bundled.');
    for (let run = 0; run <= measured; run++) {
      await runInExtensionHost({
        server,
        browser,
        driverFolder: driver.folder,
        testsModule,
        onMessage: (message) => {
          if (message.type === 'result' && typeof message.value === 'number') times.push(message.value);
        },
        log,
        signal,
      });
    }
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return times.slice(1);
}
