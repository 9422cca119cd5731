import assert from 'node:assert/strict';
import { joinSecrets, secretsOfImage } from '../../../src/bundle/image-secrets.js';

const configuration = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const found = [{ where: 'somewhere', what: 'something' }];

describe('the secrets of an image', () => {
  it('are those of its configuration and of its layers', () => {
    const config = configuration({
      config: { Env: ['PATH=/bin', 'API_KEY=8f14e45fceea167a5a36dedd4bea2543'], Labels: null },
      history: [{ created_by: 'RUN DB_PASSWORD=hunter2hunter2 make' }, { empty_layer: true }],
    });
    const layers = [
      { kind: 'whole', secrets: [{ path: '/root/.netrc', what: 'passwords for servers' }] },
      { kind: 'partly', secrets: [{ path: '/app/a.py', line: 3, what: 'private key' }] },
    ] as const;
    assert.deepEqual(
      secretsOfImage(
        config,
        layers.map((layer) => ({ ...layer, secrets: [...layer.secrets] })),
      ),
      [
        { where: 'environment variable API_KEY', what: 'its value looks like a secret' },
        { where: 'build history, step 1', what: 'looks like a secret: DB_PASSWORD' },
        { where: '/root/.netrc in the image', what: 'passwords for servers' },
        { where: '/app/a.py in the image, line 3', what: 'private key' },
      ],
    );
  });

  it('are none where all was searched, in an image without a configuration of its own too', () => {
    assert.deepEqual(secretsOfImage(configuration({ config: null, history: null }), []), []);
    assert.deepEqual(secretsOfImage(configuration({}), [{ kind: 'whole', secrets: [] }]), []);
  });

  it('are not known where something could not be searched, and nothing was found in the rest', () => {
    assert.equal(secretsOfImage(configuration({}), [{ kind: 'unknown' }]), 'not-searched');
    assert.equal(secretsOfImage(Buffer.from('{'), []), 'not-searched');
    assert.deepEqual(joinSecrets(['not-searched', found]), found);
    assert.equal(joinSecrets([[], 'not-searched']), 'not-searched');
    assert.deepEqual(joinSecrets([found, found, []]), found, 'each once');
    assert.deepEqual(joinSecrets([]), []);
  });
});
