import assert from 'node:assert/strict';
import { projectContainers, type ProjectContainer } from '../../../src/compose/observed.js';
import { remarks } from '../../../src/compose/remarks.js';
import { volumeHash } from '../../../src/compose/resources.js';
import { read } from './application.js';

const text = `services:
  web: {image: x, volumes: ["data:/data", "far:/far"], networks: [net], gpus: all}
  idle: {image: x, profiles: [extra]}
networks: {net: {}}
volumes: {data: {driver_opts: {type: tmpfs}}, far: {external: true}}
`;
const ofApp = { 'com.docker.compose.project': 'app' };
const hashLabel = 'org.research-containers.compose.hash';

function container(service: string, state: string, oneOff = 'False'): ProjectContainer[] {
  const labels = { ...ofApp, 'com.docker.compose.service': service, 'com.docker.compose.oneoff': oneOff };
  const rest = { image: 'x', imageId: 'x', exitCode: undefined, health: undefined, created: 0, ports: [], mounts: [] };
  return projectContainers([{ id: service, name: `app-${service}-1`, state, labels, ...rest }], 'app');
}

describe('what is said of an application beside its files', () => {
  const volume = (name: string, labels: Record<string, string>): Parameters<typeof remarks>[1]['volumes'][number] => ({
    name,
    driver: 'local',
    created: undefined,
    labels,
  });
  const said = async (found: Partial<Parameters<typeof remarks>[1]>): Promise<string[]> => {
    const { project } = await read(text);
    assert.ok(project !== undefined);
    return remarks(project, {
      product: 'Docker Engine',
      containers: [],
      elsewhere: undefined,
      networks: [],
      volumes: [],
      ...found,
    });
  };

  it('is nothing where all is as it should be', async () => {
    const { project } = await read(text);
    const data = project?.volumes.find(({ key }) => key === 'data');
    assert.ok(data?.kind === 'own');
    const volumes = [volume('app_data', { ...ofApp, [hashLabel]: volumeHash(data) }), volume('far', {})];
    const networks = [{ id: '1', name: 'app_net', labels: ofApp }];
    const containers = [
      ...container('web', 'running'),
      ...container('idle', 'exited'),
      ...container('web', 'running', 'True'),
    ];
    assert.deepEqual(await said({ volumes, networks, containers }), []);
    // The compose CLI has made it.
    assert.deepEqual(await said({ volumes: [volume('app_data', ofApp)] }), []);
  });

  it('is what services and commands have left', async () => {
    const containers = [...container('old', 'running'), ...container('web', 'exited', 'True')];
    assert.deepEqual(await said({ containers }), [
      'app-old-1, app-web-1: left from services or commands that the files do not have. “Compose Down” removes them, too.',
    ]);
  });

  it('is that another folder has an application of that name', async () => {
    const [old, theirs] = [container('old', 'running'), container('theirs', 'running')];
    const elsewhere = { file: '/other/compose.yaml', containers: theirs };
    const [first, second, ...more] = await said({ containers: [...old, ...theirs], elsewhere });
    assert.match(first ?? '', /^app-theirs-1: of another application “app”, made from \/other\/compose\.yaml/);
    assert.match(second ?? '', /^app-old-1: left from services/);
    assert.deepEqual(more, []);
  });

  it('is what was there before, and what was made otherwise', async () => {
    assert.match(
      (await said({ networks: [{ id: '1', name: 'app_net', labels: {} }] })).join(),
      /^The network app_net was there/,
    );
    assert.match((await said({ volumes: [volume('app_data', {})] })).join(), /^The volume app_data was there/);
    const other = volume('app_data', { ...ofApp, [hashLabel]: 'other' });
    assert.match((await said({ volumes: [other] })).join(), /^The volume app_data was made with another driver/);
  });

  it('is that Podman may not heed a GPU', async () => {
    assert.match((await said({ product: 'Podman' })).join(), /^web: Podman may not heed the GPU/);
  });
});
