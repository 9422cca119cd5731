import assert from 'node:assert/strict';
import { ensureImage } from '../../../src/compose/ensure-images.js';
import { type EngineConnection } from '../../../src/engine/connection.js';
import { Failure } from '../../../src/host/failure.js';
import { read } from './application.js';
import { EngineDouble } from './engine-double.js';

describe('the image of a service', () => {
  let engine: EngineDouble;
  let connection: EngineConnection;

  beforeEach(async () => {
    engine = await EngineDouble.start();
    connection = engine.connect();
  });

  afterEach(async () => {
    connection.dispose();
    await engine.stop();
  });

  /** What is done about it, as far as it goes without a registry and without a build. */
  async function done(keys: string): Promise<{ steps: string[]; output: string[] }> {
    const { project } = await read(`services: {a: {image: here, ${keys}}}`);
    const [service] = project?.services ?? [];
    assert.ok(project !== undefined && service !== undefined);
    const steps: string[] = [];
    const output: string[] = [];
    const host = {
      credentials: () => {
        steps.push('pull');
        throw new Failure('registry-unreachable', 'There is no network.', 'Wait.');
      },
      buildHost: () => {
        steps.push('build');
        throw new Failure('build-failed', 'There is no builder.', 'Wait.');
      },
    };
    const work = {
      signal: new AbortController().signal,
      onProgress: (report: { output?: string }): void => {
        if (report.output !== undefined) output.push(report.output);
      },
    };
    await ensureImage(connection, project, service, host, work).then(
      () => steps.push('is there'),
      (error: unknown) => {
        assert.ok(error instanceof Failure);
        steps.push(error.reason);
      },
    );
    return { steps, output };
  }

  it('is the one that is there, where it is for the platform that the service asks for', async () => {
    engine.addImage('here', 'linux', 'amd64');
    assert.deepEqual((await done('')).steps, ['is there']);
    assert.deepEqual((await done('platform: linux/x86_64')).steps, ['is there']);
    assert.deepEqual((await done('platform: linux/arm64')).steps, ['pull', 'registry-unreachable']);
    assert.deepEqual((await done('platform: linux/arm64, pull_policy: never')).steps, ['image-not-found']);
  });

  it('is built where it cannot be pulled, and the reason is told', async () => {
    const { steps, output } = await done('build: .');
    assert.deepEqual(steps, ['pull', 'build', 'build-failed']);
    assert.deepEqual(output, ['here is built, for it could not be pulled: There is no network.']);
  });
});
