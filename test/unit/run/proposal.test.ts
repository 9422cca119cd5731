import assert from 'node:assert/strict';
import { type ImageDetails } from '../../../src/engine/images.js';
import { commandLabel, dataLabel, outputLabel } from '../../../src/image/own-labels.js';
import { proposeCommand, proposeData, proposeTarget } from '../../../src/run/proposal.js';

const image: ImageDetails = {
  id: 'sha256:1',
  references: [],
  digests: [],
  platform: 'linux/amd64',
  created: 0,
  size: 0,
  diffIds: [],
  command: [],
  entrypoint: [],
  environment: [],
  labels: {},
  user: '',
  workingFolder: '',
  volumes: [],
  exposedPorts: [],
};

describe('what a run proposes', () => {
  it("is the image's output label, a telling volume, any volume, or output in its WORKDIR", () => {
    assert.equal(proposeTarget({ ...image, labels: { [outputLabel]: '/a//b/' }, volumes: ['/results'] }), '/a/b');
    assert.equal(proposeTarget({ ...image, volumes: ['/cache', '/app/results'] }), '/app/results');
    assert.equal(proposeTarget({ ...image, volumes: ['/cache'] }), '/cache');
    assert.equal(proposeTarget({ ...image, workingFolder: '/app' }), '/app/output');
    assert.equal(proposeTarget(image), '/output');
    assert.equal(proposeTarget({ ...image, labels: { [outputLabel]: 'relative' } }), '/output');
  });

  it('has the data folders of the project that its label names', () => {
    const of = (label: string, workingFolder = '/project'): ReturnType<typeof proposeData> =>
      proposeData({ ...image, workingFolder, labels: { [dataLabel]: label } });
    assert.deepEqual(of('["/project/data", "/project/a/../in put"]'), [
      { folder: 'data', target: '/project/data' },
      { folder: 'in put', target: '/project/in put' },
    ]);
    assert.deepEqual(of('["/project", "/etc", "/projects/x", "data", "/project/../etc"]'), []);
    assert.deepEqual(of('["/project/..hidden"]'), [{ folder: '..hidden', target: '/project/..hidden' }]);
    assert.deepEqual(of('["/data"]', ''), []);
    assert.deepEqual(of('no list'), []);
  });

  it('is the command label where it is a JSON array of words', () => {
    const proposed = (label: string): string[] | undefined =>
      proposeCommand({ ...image, labels: { [commandLabel]: label } });
    assert.deepEqual(proposed('["python", "a b.py"]'), ['python', 'a b.py']);
    for (const label of ['python', '[]', '[1]', '{"a":1}', '']) assert.equal(proposed(label), undefined);
    assert.equal(proposeCommand(image), undefined);
  });
});
