import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { configHash } from '../../../src/compose/config-hash.js';
import { read } from './application.js';

async function hashOf(
  token: string,
  grant = 'token',
  made: unknown[] = [],
  body = 'environment: TOKEN',
): Promise<string> {
  const text = `services: {a: {image: x, secrets: [${grant}]}}\nsecrets: {token: {${body}}}\n`;
  const { project } = await read({ 'compose.yaml': text, '.env': `TOKEN=${token}\n` });
  const [service] = project?.services ?? [];
  assert.ok(project !== undefined && service !== undefined);
  return configHash(project, service, made);
}

describe('the hash of what a container is made from', () => {
  it('is the same for the same, and another for another value, place or body', async () => {
    const first = await hashOf('one');
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await hashOf('one'), first);
    const others = await Promise.all([
      hashOf('two'),
      hashOf('one', '{source: token, target: other}'),
      hashOf('one', '{source: token, mode: 0400}'),
      hashOf('one', 'token', ['x']),
    ]);
    assert.equal(new Set([first, ...others]).size, 5);
  });

  it('does not let a value be found by trying hashes of it', async () => {
    const grant = { source: 'token', target: '/run/secrets/token' };
    const guess = JSON.stringify([[], [[grant, { kind: 'environment', variable: 'TOKEN', value: 'one' }]]]);
    assert.notEqual(await hashOf('one'), createHash('sha256').update(guess).digest('hex'));
  });
});
