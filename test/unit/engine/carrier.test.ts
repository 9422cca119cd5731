import assert from 'node:assert/strict';
import { removeCarrier, withCarrier, withVolumes } from '../../../src/engine/carrier.js';
import { EngineConnection } from '../../../src/engine/connection.js';
import { parseHost } from '../../../src/engine/endpoint.js';
import { helperLabels } from '../../../src/engine/leftovers.js';
import { failing } from '../failing.js';
import { type Answer, RegistryDouble } from './registry-double.js';

const signal = new AbortController().signal;
const make = 'POST /containers/create';
const remove = 'DELETE /containers/carrier';
const made: Answer = { status: 201, body: JSON.stringify({ Id: 'carrier' }) };
const gone: Answer = { status: 404, body: JSON.stringify({ message: 'No such container: carrier' }) };
const broken: Answer = { breaks: 'at-once' };

describe('a carrier', () => {
  let engine: RegistryDouble;
  let connection: EngineConnection;
  beforeEach(async () => {
    engine = await RegistryDouble.open();
    connection = new EngineConnection({
      name: 'test',
      source: 'setting',
      ...parseHost(`tcp://${engine.host}`, undefined),
    });
  });
  afterEach(async () => {
    connection.dispose();
    await engine.close();
  });

  it('of an image runs nothing, reaches no network, and is removed', async () => {
    engine.expect(make, made).expect(remove, { status: 204 });
    const carried = { image: 'a:1', platform: 'linux/arm64' };
    assert.equal(
      await withCarrier(connection, carried, signal, (carrier) => Promise.resolve(`in ${carrier}`)),
      'in carrier',
    );
    const creation = engine.heard[0];
    assert.match(creation?.path ?? '', /platform=linux%2Farm64/);
    const body = creation?.body ?? '';
    assert.match(body, /"Image":"a:1","Cmd":\["true"\]/);
    assert.match(body, /"NetworkMode":"none"/);
    assert.doesNotMatch(body, /Entrypoint|"User"/);
    assert.ok(body.includes(JSON.stringify(helperLabels())), body);
  });

  it('of volumes is of an image without any file, which goes with it', async () => {
    const id = `sha256:${'e'.repeat(64)}`;
    engine.expect('POST /images/create', ({ path }) => {
      const tag = /tag=(\w+)/.exec(path)?.[1] ?? '';
      engine.expect(`DELETE /images/research-containers-carrier%3A${tag}`, { body: '[]' });
      return { body: JSON.stringify({ status: id }) };
    });
    engine.expect(make, made).expect(remove, { status: 204 });
    const mounts = [{ type: 'volume', source: 'one', target: '/volume', readOnly: true }] as const;
    const failed = withVolumes(connection, mounts, signal, () => Promise.reject(new Error('of its own')));
    await assert.rejects(failed, /of its own/);
    const body = engine.heard[1]?.body ?? '';
    assert.ok(body.includes(`"Image":"${id}"`), body);
    assert.match(body, /"Mounts":\[{"Type":"volume","Source":"one","Target":"\/volume","ReadOnly":true}]/);
  });

  it('is removed once the engine is back, and may have gone by itself', async () => {
    engine.expect(remove, broken, { status: 204 });
    await removeCarrier(connection, 'carrier');
    engine.expect(remove, broken, gone);
    await removeCarrier(connection, 'carrier');
    engine.expect(remove, broken, broken);
    await assert.rejects(removeCarrier(connection, 'carrier'), failing('engine-lost'));
    engine.expect(remove, { status: 500, body: JSON.stringify({ message: 'device or resource busy' }) });
    await assert.rejects(removeCarrier(connection, 'carrier'), failing('engine-refused'));
  });
});
