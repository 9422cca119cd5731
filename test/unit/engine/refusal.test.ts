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

  it('name what has a long identifier by its beginning', () => {
    const { message } = refusalToFailure({ status: 404, text: `No such container: ${'d3bbc7e7'.repeat(8)}` });
    assert.equal(message, 'There is no container d3bbc7e7d3bb.');
  });
});
