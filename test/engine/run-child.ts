import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { startRun } from '../../src/run/start-run.js';
import { type RunRequest } from '../../src/run/run-request.js';

/** A process of its own that starts a run, so that it can be killed: `HOST PROJECT STORAGE REQUEST`, the last one as JSON. */
async function main([host = '', project = '', storage = '', request = '']: readonly string[]): Promise<void> {
  const connection = new EngineConnection({ name: 'test', source: 'setting', ...parseHost(host, undefined) });
  const quiet = (): void => undefined;
  const place = { project, storage, log: { info: quiet, warn: quiet, error: quiet } };
  const work = { signal: new AbortController().signal, onProgress: quiet };
  const run = await startRun(connection, JSON.parse(request) as RunRequest, place, work);
  process.stdout.write(`${run.current.container.id}\n`);
  await run.end;
}

void main(process.argv.slice(2));
