import assert from 'node:assert/strict';
import { parseChallenges } from '../../../src/engine/registry/challenge.js';

describe('challenges', () => {
  it('are parsed as RFC 9110 writes them', () => {
    const parse = (header: string): unknown =>
      parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
    assert.deepEqual(parse('Bearer realm="https://a/b",service="s \\"x\\"", scope="r:a:pull,push r:b:pull"'), [
      ['bearer', { realm: 'https://a/b', service: 's "x"', scope: 'r:a:pull,push r:b:pull' }],
    ]);
    assert.deepEqual(parse('BASIC Realm = plain , Bearer realm="x"'), [
      ['basic', { realm: 'plain' }],
      ['bearer', { realm: 'x' }],
    ]);
    assert.deepEqual(parse('Negotiate, Basic realm=""'), [
      ['negotiate', {}],
      ['basic', { realm: '' }],
    ]);
    assert.deepEqual(parse(''), []);
    assert.deepEqual(parse('realm="x"'), []);
  });
});
