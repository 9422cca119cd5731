import assert from 'node:assert/strict';
import * as v from 'valibot';
import { containerBody } from '../../../src/compose/container-body.js';
import { type ContainerContext } from '../../../src/compose/container-context.js';
import { read } from './application.js';

const endpoints = v.record(v.string(), v.object({ MacAddress: v.optional(v.string()) }));
const bodySchema = v.object({
  MacAddress: v.optional(v.string()),
  HostConfig: v.object({
    Mounts: v.array(v.unknown()),
    SecurityOpt: v.optional(v.array(v.string())),
    MaskedPaths: v.optional(v.array(v.string())),
    ReadonlyPaths: v.optional(v.array(v.string())),
  }),
  NetworkingConfig: v.object({ EndpointsConfig: endpoints }),
});

async function bodyOf(
  keys: string,
  context: Partial<ContainerContext> = {},
): Promise<v.InferOutput<typeof bodySchema> & { later: string[] }> {
  const { project } = await read(`services: {a: {image: x, ${keys}}}\nnetworks: {m: {}, n: {}}\nvolumes: {data: {}}\n`);
  const [service] = project?.services ?? [];
  assert.ok(project !== undefined && service !== undefined);
  const { body, connectLater } = containerBody(service, {
    project,
    number: 1,
    image: 'x',
    labels: {},
    containerOf: (name) => name,
    keptVolumes: new Map(),
    imageVolumes: [],
    takesNetworks: true,
    ...context,
  });
  return { ...v.parse(bodySchema, body), later: connectLater.map(({ network }) => network) };
}

describe('what an engine is told of a service', () => {
  it('has the volumes of the container before, where the image or the file asks for some without a name', async () => {
    const context = {
      imageVolumes: ['/of-image', '/new', '/named', '/in-memory'],
      keptVolumes: new Map([
        ['/of-image', 'first'],
        ['/of-file', 'second'],
        ['/named', 'third'],
        ['/in-memory', 'fourth'],
        ['/not-any-more', 'fifth'],
      ]),
    };
    const { HostConfig } = await bodyOf('volumes: [/of-file, "data:/named"], tmpfs: /in-memory', context);
    assert.deepEqual(HostConfig.Mounts, [
      { Type: 'volume', Source: 'second', Target: '/of-file', ReadOnly: false },
      { Type: 'volume', Source: 'first', Target: '/of-image' },
    ]);
  });

  it('has the MAC address of the service in its first network only', async () => {
    const keys = 'mac_address: "02:42:ac:11:00:01", networks: [m, n]';
    const { MacAddress, NetworkingConfig } = await bodyOf(keys);
    const addresses = Object.entries(NetworkingConfig.EndpointsConfig).map(([name, each]) => [name, each.MacAddress]);
    assert.deepEqual(
      [MacAddress, addresses],
      [
        undefined,
        [
          ['app_m', '02:42:ac:11:00:01'],
          ['app_n', undefined],
        ],
      ],
    );
  });

  it('has, for an engine that takes one network, its MAC address for the container, and the others for later', async () => {
    const keys = 'networks: {m: {mac_address: "02:42:ac:11:00:01"}, n: {}}';
    const { MacAddress, NetworkingConfig, later } = await bodyOf(keys, { takesNetworks: false });
    assert.equal(MacAddress, '02:42:ac:11:00:01');
    assert.deepEqual(Object.keys(NetworkingConfig.EndpointsConfig), ['app_m']);
    assert.deepEqual(later, ['app_n']);
  });

  it('has each container of a linked service by its name', async () => {
    const { project } = await read('services: {a: {image: x, links: ["b:other"]}, b: {image: x, scale: 2}}');
    const service = project?.services.find(({ name }) => name === 'a');
    assert.ok(project !== undefined && service !== undefined);
    const { body } = containerBody(service, {
      project,
      number: 1,
      image: 'x',
      labels: {},
      containerOf: (name) => `id of ${name}`,
      keptVolumes: new Map(),
      imageVolumes: [],
      takesNetworks: true,
    });
    const linked = v.object({ HostConfig: v.object({ Links: v.array(v.string()) }) });
    assert.deepEqual(v.parse(linked, body).HostConfig.Links, [
      'app-b-1:other',
      'app-b-1:b-1',
      'app-b-1:app-b-1',
      'app-b-2:other',
      'app-b-2:b-2',
      'app-b-2:app-b-2',
    ]);
  });

  it('says in the engine’s words that no path of the system is hidden', async () => {
    const open = await bodyOf('security_opt: ["systempaths=unconfined", "no-new-privileges:true"]');
    assert.deepEqual(
      [open.HostConfig.SecurityOpt, open.HostConfig.MaskedPaths, open.HostConfig.ReadonlyPaths],
      [['no-new-privileges:true'], [], []],
    );
    const usual = await bodyOf('security_opt: ["no-new-privileges:true"]');
    assert.equal(usual.HostConfig.MaskedPaths, undefined);
  });
});
