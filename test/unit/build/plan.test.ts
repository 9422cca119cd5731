import assert from 'node:assert/strict';
import { planBuilds } from '../../../src/build/plan.js';
import { formatReference, parseReference } from '../../../src/image/reference.js';

const parsed = parseReference('study:1');
const reference = parsed.ok ? parsed.reference : undefined;

describe('the builds that platforms take', () => {
  const cases: [
    platforms: string[],
    store: 'classic' | 'containerd',
    way: 'grpc' | 'rest' | 'classic',
    builds: string[],
  ][] = [
    [[], 'classic', 'grpc', ['study:1 for ']],
    [['linux/arm64'], 'classic', 'grpc', ['study:1 for linux/arm64']],
    [['linux/amd64', 'linux/arm64'], 'containerd', 'grpc', ['study:1 for linux/amd64,linux/arm64']],
    [['linux/amd64', 'linux/arm64'], 'classic', 'grpc', ['study:1 for linux/amd64', 'study:1-arm64 for linux/arm64']],
    [
      ['linux/amd64', 'linux/arm64'],
      'containerd',
      'rest',
      ['study:1 for linux/amd64', 'study:1-arm64 for linux/arm64'],
    ],
    [
      ['linux/arm64', 'linux/arm/v7'],
      'classic',
      'classic',
      ['study:1-arm64 for linux/arm64', 'study:1-arm-v7 for linux/arm/v7'],
    ],
  ];
  for (const [platforms, store, way, builds] of cases) {
    it(`are ${builds.length} for ${platforms.join() || 'none'} over ${way} into a ${store} store`, () => {
      assert.ok(reference);
      const planned = planBuilds(platforms, reference, { store, platform: 'linux/amd64' }, way);
      assert.deepEqual(
        planned.map((build) => `${formatReference(build.reference)} for ${build.platforms.join()}`),
        builds,
      );
    });
  }
});
