import assert from 'node:assert/strict';
import { connectionFailure } from '../../../src/engine/connection-failure.js';
import { sshFailure } from '../../../src/engine/ssh/ssh-failure.js';

describe('a connection that cannot be made', () => {
  for (const [code, reason] of [
    ['ENOENT', 'engine-not-found'],
    ['ECONNREFUSED', 'engine-not-running'],
    ['EACCES', 'engine-permission'],
    ['ENOTFOUND', 'engine-unreachable'],
    ['ECONNRESET', 'engine-lost'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'engine-tls-refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'engine-tls-refused'],
    ['EPROTO', 'engine-tls-refused'],
    ['EWHATEVER', 'engine-unreachable'],
  ] as const) {
    it(`${code} is ${reason}`, () => {
      assert.equal(connectionFailure(Object.assign(new Error(code), { code }), 'unix:///x').reason, reason);
    });
  }
});

describe('the words of ssh', () => {
  const cases: [string, string][] = [
    ['Host key verification failed.', 'ssh-host-key-unknown'],
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
      'ssh-host-key-unknown',
    ],
    ['Welcome to the lab!\r\nada@lab: Permission denied (publickey).', 'ssh-denied'],
    ['ssh: Could not resolve hostname nowhere: Name or service not known', 'engine-unreachable'],
    ['ssh: connect to host lab port 22: Connection refused', 'engine-unreachable'],
    ['channel 1: open failed: connect failed: open failed', 'engine-unreachable'],
    ['channel 1: open failed: administratively prohibited: open failed', 'engine-unreachable'],
    ['', 'engine-unreachable'],
  ];
  for (const [words, reason] of cases) {
    it(`“${words.slice(0, 60)}” are ${reason}`, () => {
      const failure = sshFailure(words, 'lab');
      assert.equal(failure.reason, reason);
      assert.match(failure.message, /lab/);
    });
  }

  it('tell a changed key from one that is not known', () => {
    const changed = sshFailure(
      'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.',
      'lab',
    );
    assert.match(changed.message, /not the one/);
  });
});
