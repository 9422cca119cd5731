import { createServer, type Server } from 'node:net';
import { waitFor } from './waiting.js';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Runs `task` while no other process of this machine runs a task under the same name; waits for its turn up to an hour.
 *
 * @throws Error when the turn does not come; whatever `task` throws.
 */
export async function withLock<T>(
  name: string,
  task: () => Promise<T>,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  const address = lockAddress(name);
  if (address === undefined) return task();
  const server = await waitFor(`the lock ${name}`, () => tryListen(address), { within: HOUR_MS, ...options });
  try {
    return await task();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

// A listening address without a file goes away with its process however that ends, which a lock file does not.
function lockAddress(name: string): string | undefined {
  if (process.platform === 'linux') return `\0research-containers-${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\research-containers-${name}`;
  return undefined;
}

function tryListen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      resolve(server);
    });
  });
}
