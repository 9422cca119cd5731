import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knownProject } from '../../../src/compose/known-project.js';
import { type EngineConnection } from '../../../src/engine/connection.js';
import { Failure } from '../../../src/host/failure.js';
import { inFolder } from './application.js';
import { EngineDouble } from './engine-double.js';

const web = 'services:\n  web: {image: web}\n';
const broken = 'services: [\n';

describe('the project of a compose file', () => {
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

  /** Name and described services, or the reason of the failure. */
  async function known(file: string, services?: string[]): Promise<string[]> {
    try {
      const project = await knownProject(connection, { file, services }, {});
      return [project.name, ...project.services.map(({ name }) => name)];
    } catch (error) {
      assert.ok(error instanceof Failure);
      return [error.reason];
    }
  }

  it('is what the file says', async () => {
    await inFolder({ 'compose.yaml': web }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      assert.deepEqual(await known(file), ['app', 'web']);
      assert.deepEqual(await known(file, ['web']), ['app', 'web']);
      assert.deepEqual(await known(file, ['other']), ['invalid-argument']);
    });
  });

  it('is known by its containers when the file is broken by now, or gone', async () => {
    await inFolder({ 'compose.yaml': broken }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      const none = join(folder, 'none.yaml');
      assert.deepEqual([await known(file), await known(none)], [['compose-invalid'], ['file-not-found']]);
      engine.add('aa', { service: 'web', number: 1, project: 'named', file, lines: [] });
      engine.add('bb', { service: 'web', number: 1, project: 'lost', file: none, lines: [] });
      assert.deepEqual([await known(file), await known(none)], [['named'], ['lost']]);
      // Which of two would be meant?
      engine.add('cc', { service: 'web', number: 1, project: 'second', file, lines: [] });
      assert.deepEqual(await known(file), ['compose-invalid']);
    });
  });

  it('is the one that runs, where the file was brought up under another name', async () => {
    await inFolder({ 'compose.yaml': web }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      engine.add('aa', { service: 'gone', number: 1, project: 'named', file, lines: [] });
      assert.deepEqual(await known(file), ['named', 'web']);
      // A service that is not in the file any more can be taken down.
      assert.deepEqual(await known(file, ['gone']), ['named', 'web']);
      engine.add('bb', { service: 'web', number: 1, project: 'app', file, lines: [] });
      assert.deepEqual(await known(file), ['app', 'web']);
    });
  });

  it('is not the one of another folder that has the same name', async () => {
    await inFolder({ 'compose.yaml': web, 'other/compose.yaml': web }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      const other = join(folder, 'other', 'compose.yaml');
      engine.add('aa', { service: 'web', number: 1, project: 'app', file: other, lines: [] });
      assert.deepEqual(await known(file), ['name-in-use']);
      // With one of its own it is another matter.
      engine.add('bb', { service: 'web', number: 2, project: 'app', file, lines: [] });
      assert.deepEqual(await known(file), ['app', 'web']);
      assert.deepEqual((await knownProject(connection, { file }, {})).elsewhere, ['aa']);
      await writeFile(file, broken);
      assert.deepEqual((await knownProject(connection, { file }, {})).elsewhere, ['aa']);
    });
  });

  it('is that of a folder that was moved, or is reached by another path', async () => {
    await inFolder({ 'compose.yaml': web }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      await symlink(folder, join(folder, 'link'));
      engine.add('aa', { service: 'web', number: 1, project: 'app', file: '/was/here/compose.yaml', lines: [] });
      engine.add('bb', {
        service: 'web',
        number: 2,
        project: 'app',
        file: join(folder, 'link/compose.yaml'),
        lines: [],
      });
      assert.deepEqual(await known(file), ['app', 'web']);
    });
  });
});
