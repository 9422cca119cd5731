import assert from 'node:assert/strict';
import { madeFrom, projectsMadeFrom } from '../../../src/compose/made-from.js';
import { type ContainerSummary } from '../../../src/engine/containers.js';

function container(name: string, project: string, files: string): ContainerSummary {
  const labels = { 'com.docker.compose.project': project, 'com.docker.compose.project.config_files': files };
  return {
    id: name,
    name,
    image: 'x',
    imageId: 'sha256:1',
    state: 'running',
    exitCode: undefined,
    health: undefined,
    created: 0,
    labels,
    ports: [],
    mounts: [],
  };
}

describe('what was made from a compose file', () => {
  it('is known by its label, of whichever of several files', () => {
    const containers = [
      container('one', 'app', '/app/compose.yaml'),
      container('two', 'app', '/app/compose.yaml,/app/compose.override.yaml'),
      container('other', 'other', '/other/app/compose.yaml'),
      { ...container('plain', '', ''), labels: {} },
    ];
    const names = (file: string): string[] => madeFrom(file, containers).map(({ name }) => name);
    assert.deepEqual(names('/app/compose.yaml'), ['one', 'two']);
    assert.deepEqual(names('/app/compose.override.yaml'), ['two']);
    assert.deepEqual(names('/compose.yaml'), []);
  });

  it('may be several projects', () => {
    const file = '/app/compose.yaml';
    const containers = [container('a', 'one', file), container('b', 'one', file), container('c', 'two', file)];
    assert.deepEqual(projectsMadeFrom(file, containers), ['one', 'two']);
    assert.deepEqual(projectsMadeFrom('/none', containers), []);
  });

  it('is found on Windows however the path is written', () => {
    const containers = [container('a', 'app', 'C:\\Users\\me\\App\\compose.yaml')];
    assert.deepEqual(projectsMadeFrom('c:\\Users\\me\\app\\compose.yaml', containers), ['app']);
    assert.deepEqual(projectsMadeFrom('C:/Users/me/App/compose.yaml', containers), ['app']);
    assert.deepEqual(projectsMadeFrom('/App/compose.yaml', [container('b', 'app', '/app/compose.yaml')]), []);
  });
});
