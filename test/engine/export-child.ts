import { exportBundle } from '../../src/bundle/export-bundle.js';
import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';

/** A process of its own that exports an image and dies at that percentage: `PERCENT HOST IMAGE FOLDER NOTES LAYERS WORKER`. */
async function main(args: readonly string[]): Promise<void> {
  const [percent, host = '', image = '', folder = '', notes = '', layers = '', archiveWorker = ''] = args;
  await exportBundle(
    new EngineConnection({ name: 'test', source: 'setting', ...parseHost(host, undefined) }),
    { images: [image], folder, metadata: { title: 'A study', creators: [{ name: 'A group' }] } },
    { projects: [], archiveWorker, notes, layers: { root: layers, limit: 1e9 } },
    {
      signal: new AbortController().signal,
      onProgress: ({ fraction = 0 }) => {
        if (Math.round(fraction * 100) >= Number(percent)) process.kill(process.pid, 'SIGKILL');
      },
    },
  );
}

void main(process.argv.slice(2));
