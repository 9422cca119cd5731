import assert from 'node:assert/strict';
import { gatherPlatforms, platformReference, sharedTag } from '../../../src/image/platform-reference.js';
import { formatReference, normalReference, parseReference, type Reference } from '../../../src/image/reference.js';

function reference(text: string): Reference {
  const parsed = parseReference(text);
  assert.ok(parsed.ok);
  return parsed.reference;
}

describe('the reference of one platform', () => {
  const cases: [text: string, platform: string, expected: string][] = [
    ['study:1.0', 'linux/amd64', 'study:1.0'],
    ['study:1.0', 'linux/arm64', 'study:1.0-arm64'],
    ['study', 'linux/arm/v7', 'study:latest-arm-v7'],
    ['host:5000/a/study:1', 'linux/riscv64', 'host:5000/a/study:1-riscv64'],
    [`s:${'x'.repeat(128)}`, 'linux/arm64', `s:${'x'.repeat(122)}-arm64`],
  ];
  for (const [text, platform, expected] of cases) {
    it(`of ${text.slice(0, 30)} for ${platform} ends as it should`, () => {
      assert.equal(formatReference(platformReference(reference(text), platform, 'linux/amd64')), expected);
    });
  }

  it('tells the tag that all share', () => {
    assert.equal(sharedTag('1.0-arm64', 'linux/arm64'), '1.0');
    assert.equal(sharedTag('1.0-arm64', 'linux/amd64'), undefined);
    assert.equal(sharedTag('-arm64', 'linux/arm64'), undefined);
  });
});

describe('references of one image', () => {
  const platforms: Record<string, string[]> = {
    'study:1': ['linux/amd64'],
    'study:1-arm64': ['linux/arm64'],
    'study:1-arm-v7': ['linux/arm/v7'],
    'study:2-arm64': ['linux/arm64'],
    'other:1-arm64': ['linux/amd64'],
    'other:1': ['linux/amd64'],
    'host:5000/a:1': ['linux/amd64'],
    'host:5000/a:1-arm64': ['linux/arm64', 'linux/amd64'],
  };

  it('are put together where the platform and the name say so', () => {
    const gathered = gatherPlatforms(Object.keys(platforms), (reference) => platforms[reference]);
    assert.deepEqual(Object.fromEntries([...gathered].filter(([, others]) => others.length > 0)), {
      'study:1': ['study:1-arm64', 'study:1-arm-v7'],
    });
    assert.equal([...gathered].flat(2).length, Object.keys(platforms).length);
  });

  it('stay apart while their platforms are not known', () => {
    assert.equal(gatherPlatforms(['a:1', 'a:1-arm64'], () => undefined).size, 2);
  });
});

describe('a reference written out', () => {
  for (const [text, expected] of [
    ['python', 'docker.io/library/python:latest'],
    ['index.docker.io/python:3', 'docker.io/library/python:3'],
    ['me/study:1', 'docker.io/me/study:1'],
    ['ghcr.io/me/study:1', 'ghcr.io/me/study:1'],
    ['localhost:5000/study', 'localhost:5000/study:latest'],
  ] as const) {
    it(`of ${text} is ${expected}`, () => {
      assert.equal(formatReference(normalReference(reference(text))), expected);
    });
  }
});
