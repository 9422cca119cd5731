import assert from 'node:assert/strict';
import { refusalToFailure } from '../../../src/engine/refusal.js';

describe("the engine's own words", () => {
  const cases: [string, string][] = [
    ['No such image: nothing:here', 'image-not-found'],
    ["pull access denied for nothing, repository does not exist or may require 'docker login'", 'image-not-found'],
    ['No such container: abc', 'container-not-found'],
    ['write /var/lib/docker/tmp: no space left on device', 'disk-full'],
    ['driver failed programming: Bind for 0.0.0.0:8080 failed: port is already allocated', 'port-in-use'],
    [
      'failed to create shim task: OCI runtime create failed: exec: "nope": executable file not found in $PATH: unknown',
      'command-not-found',
    ],
    [
      'image with reference x was found but does not match the specified platform: wanted linux/arm64',
      'platform-not-available',
    ],
    ['invalid mount config for type "bind": bind source path does not exist: /nowhere', 'output-not-writable'],
    ['Get "https://registry/v2/": dial tcp: lookup registry: no such host', 'registry-unreachable'],
    ['unauthorized: authentication required', 'registry-denied'],
    ['Client sent an HTTP request to an HTTPS server.', 'engine-tls-refused'],
    [
      'Conflict. The container name "/x" is already in use by container "ab". You have to remove (or rename) that container to be able to reuse that name.',
      'name-in-use',
    ],
    ['something new', 'engine-refused'],
  ];
  for (const [text, reason] of cases) {
    it(`“${text.slice(0, 50)}” is ${reason}`, () => {
      const failure = refusalToFailure({ status: 500, text });
      assert.equal(failure.reason, reason);
      assert.notEqual(failure.remedy, '');
      assert.doesNotMatch(failure.message, /:[.:]/);
    });
  }

  const id = '880c8e6dc5ca307ee0c6d249504810830714fa4ff7c269e8c43e11f54c51030d';
  const engines: [engine: string, text: string, reason: string, message: string][] = [
    ['20.10', `Container ${id} is not running`, 'container-not-running', 'The container is not running.'],
    ['28', `container ${id} is not running`, 'container-not-running', 'The container is not running.'],
    [
      '20.10',
      `Cannot kill container: x: Container ${id} is not running`,
      'container-not-running',
      'The container is not running.',
    ],
    ['28', `Container ${id} is not paused`, 'container-not-running', 'The container is not paused.'],
    ['28', `Container ${id} is already paused`, 'container-not-running', 'The container is already paused.'],
    ['28', 'cannot start a paused container, try unpause instead', 'container-not-running', 'The container is paused.'],
    [
      '20.10',
      `You cannot remove a running container ${id}. Stop the container before attempting removal or force remove`,
      'container-running',
      'The container is running.',
    ],
    [
      '28',
      'cannot remove container "x": container is running: stop the container before removing or force remove',
      'container-running',
      'The container is running.',
    ],
    [
      '28',
      'cannot remove container "x": container is paused and must be unpaused first',
      'container-running',
      'The container is running.',
    ],
    [
      '20.10',
      `You cannot remove a paused container ${id}. Unpause and then stop the container before attempting removal or force remove`,
      'container-running',
      'The container is running.',
    ],
    [
      '28',
      `Error when allocating new name: Conflict. The container name "/b" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`,
      'name-in-use',
      'There is a container b already.',
    ],
    [
      '28',
      'Cannot kill container: none: No such container: none',
      'container-not-found',
      'There is no container none.',
    ],
    [
      '28',
      `remove v: volume is in use - [${id}, ${'ab'.repeat(32)}]`,
      'volume-in-use',
      'The volume is in use by the containers 880c8e6dc5ca, abababababab.',
    ],
    ['28', 'get none: no such volume', 'volume-not-found', 'There is no volume none.'],
    [
      '28',
      'conflict: unable to remove repository reference "x:1" (must force) - container 844a9cabb178 is using its referenced image 45caad588efe',
      'image-in-use',
      'The image is in use by the container 844a9cabb178.',
    ],
    [
      '28 with containerd',
      'conflict: unable to delete x:1 (must be forced) - container 844a9cabb178 is using its referenced image 45caad588efe',
      'image-in-use',
      'The image is in use by the container 844a9cabb178.',
    ],
    [
      '28',
      'conflict: unable to delete 45caad588efe (cannot be forced) - image is being used by running container 844a9cabb178',
      'image-in-use',
      'The image is in use by the running container 844a9cabb178.',
    ],
    [
      '28',
      'conflict: unable to delete 45caad588efe (must be forced) - image is being used by stopped container 844a9cabb178',
      'image-in-use',
      'The image is in use by the stopped container 844a9cabb178.',
    ],
    [
      '28',
      'conflict: unable to delete 45caad588efe (must be forced) - image is referenced in multiple repositories',
      'image-in-use',
      'The image has several references.',
    ],
    [
      '20.10',
      'conflict: unable to delete 45caad588efe (cannot be forced) - image has dependent child images',
      'image-in-use',
      'Other images are built on this one.',
    ],
    ['20.10', 'no such image: none: No such image: none:latest', 'image-not-found', 'There is no image none.'],
    [
      '28',
      'manifest for 127.0.0.1:5000/x:1 not found: manifest unknown: manifest unknown',
      'image-not-found',
      'The registry has no image 127.0.0.1:5000/x:1.',
    ],
    [
      'an engine, as its sources have it',
      'no matching manifest for linux/s390x in the manifest list entries',
      'platform-not-available',
      'The registry does not have the image for the platform linux/s390x.',
    ],
    [
      '28 with containerd',
      'failed to resolve reference "127.0.0.1:9/x:1": failed to do request: Head "https://127.0.0.1:9/v2/x/manifests/1": dial tcp 127.0.0.1:9: connect: connection refused',
      'registry-unreachable',
      'The engine cannot reach the registry: failed to resolve reference "127.0.0.1:9/x:1": failed to do request: Head "https://127.0.0.1:9/v2/x/manifests/1": dial tcp 127.0.0.1:9: connect: connection refused',
    ],
    [
      '28',
      'invalid reference format: repository name (library/BAD) must be lowercase',
      'invalid-argument',
      'The engine does not take this name: invalid reference format: repository name (library/BAD) must be lowercase',
    ],
  ];
  for (const [engine, text, reason, message] of engines) {
    it(`“${text.replaceAll(id, '…').slice(0, 90)}” of ${engine} is ${reason}`, () => {
      const failure = refusalToFailure({ status: 409, text });
      assert.deepEqual([failure.reason, failure.message], [reason, message]);
    });
  }

  it('name what has a long identifier by its beginning', () => {
    const { message } = refusalToFailure({ status: 404, text: `No such container: ${'d3bbc7e7'.repeat(8)}` });
    assert.equal(message, 'There is no container d3bbc7e7d3bb.');
  });
});
