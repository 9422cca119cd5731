import { type Log } from './machine/commands.js';
import { ensureTestUser } from './machine/user.js';
import { packageExtension } from './package-extension.js';
import { runningEngines } from './engines/state.js';
import { startVsCodeServer } from './vscode/server.js';
import { makeHostWorkspace } from './workspace.js';

/**
 * Opens the packaged extension in VS Code for the browser on a copy of the example, until the signal is raised.
 *
 * @param args the version (1.139 where none is named); the engine is the first of the harness's that runs, or else the
 * one that the extension finds
 */
export async function openVsCode(
  [version = '1.139']: readonly string[],
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<void> {
  if (version !== '1.139' && version !== '1.103') throw new Error('Choose 1.139 or 1.103.');
  const vsix = await packageExtension(log, signal);
  const user = await ensureTestUser();
  const workspace = await makeHostWorkspace(user);
  const [engine] = await runningEngines();
  const settings = engine === undefined ? {} : { 'researchContainers.engine.host': engine.host };
  const server = await startVsCodeServer({ version, user, vsix, settings, log, signal });
  try {
    log(`VS Code ${version} is open at ${server.url}?folder=${encodeURIComponent(workspace.folder)}`);
    log('Press Ctrl-C to end it.');
    await new Promise<void>((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  } finally {
    await server.stop();
    await workspace.remove();
  }
}
