import assert from 'node:assert/strict';
import {
  formatReference,
  parseReference,
  pathComponentFrom,
  tagFrom,
  withDefaultTag,
} from '../../../src/image/reference.js';

const digest = `sha256:${'a'.repeat(64)}`;

describe('a reference', () => {
  const valid: [string, { domain?: string; path: string; tag?: string; digest?: string }][] = [
    ['python', { path: 'python' }],
    ['python:3.12-slim', { path: 'python', tag: '3.12-slim' }],
    ['user/name:v1', { path: 'user/name', tag: 'v1' }],
    ['localhost/name', { domain: 'localhost', path: 'name' }],
    ['localhost:5000/a/b:1', { domain: 'localhost:5000', path: 'a/b', tag: '1' }],
    ['ghcr.io/astral-sh/uv:0.5', { domain: 'ghcr.io', path: 'astral-sh/uv', tag: '0.5' }],
    [`[::1]:5000/x@${digest}`, { domain: '[::1]:5000', path: 'x', digest }],
    [`python:3.12@${digest}`, { path: 'python', tag: '3.12', digest }],
    ['a__b/c-d--e.f', { path: 'a__b/c-d--e.f' }],
    ['UPPER.example/x', { domain: 'UPPER.example', path: 'x' }],
  ];
  for (const [text, expected] of valid) {
    it(`reads ${text}`, () => {
      const parsed = parseReference(text);
      assert.ok(parsed.ok);
      assert.deepEqual(parsed.reference, {
        domain: undefined,
        tag: undefined,
        digest: undefined,
        ...expected,
      });
      assert.equal(formatReference(parsed.reference), text);
    });
  }

  const invalid: [string, RegExp][] = [
    ['', /empty/],
    ['Name', /lower case/],
    ['a//b', /between its slashes/],
    ['/a', /between its slashes/],
    ['a:', /tag “”/],
    ['a:-x', /tag “-x”/],
    [`a:${'x'.repeat(129)}`, /at most 128/],
    ['a@sha256:12', /not a digest/],
    ['a..b', /joined by/],
    ['-a', /joined by/],
    ['a b', /joined by/],
    ['a'.repeat(256), /255/],
    ['my_.registry:x/y', /not a registry/],
  ];
  for (const [text, problem] of invalid) {
    it(`refuses “${text.slice(0, 20)}” in words`, () => {
      const parsed = parseReference(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.problem, problem);
    });
  }

  it('gets the tag latest only where it has neither tag nor digest', () => {
    const tagOf = (text: string): string | undefined => {
      const parsed = parseReference(text);
      assert.ok(parsed.ok);
      return withDefaultTag(parsed.reference).tag;
    };
    assert.equal(tagOf('a'), 'latest');
    assert.equal(tagOf('a:1'), '1');
    assert.equal(tagOf(`a@${digest}`), undefined);
  });

  it('can be made of any folder name and version', () => {
    assert.equal(pathComponentFrom('Étude numéro 2'), 'etude-numero-2');
    assert.equal(pathComponentFrom('数据'), 'image');
    assert.equal(tagFrom('1.0.0+build 5'), '1.0.0-build-5');
    assert.equal(tagFrom('…'), undefined);
    for (const name of ['--a--', 'A_B', 'x'.repeat(300)]) {
      assert.ok(parseReference(pathComponentFrom(name)).ok, name);
    }
  });
});
