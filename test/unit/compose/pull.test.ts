import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openApplication } from '../../../src/compose/application.js';
import { type ImageHost } from '../../../src/compose/ensure-images.js';
import { composePull, type Pulled } from '../../../src/compose/pull.js';
import { EngineConnection } from '../../../src/engine/connection.js';
import { parseHost } from '../../../src/engine/endpoint.js';
import { Failure, type Reason } from '../../../src/host/failure.js';
import { inFolder } from './application.js';

const text = `services:
  built: {build: .}
  both: {image: one.example.org/both, build: .}
  local: {image: two.example.org/local, pull_policy: never}
  made: {image: three.example.org/made, build: ., pull_policy: build}
  web: {image: four.example.org/web}
  again: {image: four.example.org/web}
`;

/** No engine is reached: what a registry says comes before it. */
async function pull(
  reasons: Record<string, Reason>,
  names?: string[],
): Promise<{ asked: string[]; result: Pulled | Failure }> {
  const asked: string[] = [];
  const host: ImageHost = {
    credentials: (registry) => {
      asked.push(registry);
      throw new Failure(reasons[registry] ?? 'registry-denied', `No: ${registry}`, 'Ask.');
    },
    buildHost: () => assert.fail('nothing is built'),
  };
  const endpoint = { name: 'none', source: 'setting', ...parseHost('unix:///none.sock', undefined) } as const;
  const connection = new EngineConnection(endpoint);
  const work = { signal: new AbortController().signal, onProgress: (): void => undefined };
  const result = await inFolder({ 'compose.yaml': text, Dockerfile: 'FROM x\n' }, async (folder) => {
    const { project } = await openApplication(join(folder, 'compose.yaml'), {});
    return composePull(connection, project, names, host, work).catch((error: unknown) => {
      assert.ok(error instanceof Failure);
      return error;
    });
  });
  return { asked, result };
}

describe('pulling the images of an application', () => {
  it('asks for what may be in a registry, and leaves to “Up” what is built', async () => {
    const { asked, result } = await pull({}, ['built', 'both', 'local', 'made']);
    assert.deepEqual(asked, ['one.example.org']);
    assert.deepEqual(result, { pulled: [], built: ['built', 'both', 'made'] });
  });

  it('rejects with what the registry says of an image that nobody can build', async () => {
    const { asked, result } = await pull({}, ['web', 'again']);
    assert.ok(result instanceof Failure && result.reason === 'registry-denied');
    assert.deepEqual(asked, ['four.example.org']);
  });

  it('does not take a registry that cannot be reached for one that has no image', async () => {
    const { result } = await pull({ 'one.example.org': 'registry-unreachable' }, ['both']);
    assert.ok(result instanceof Failure && result.reason === 'registry-unreachable');
  });
});
