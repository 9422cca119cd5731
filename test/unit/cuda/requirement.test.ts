import assert from 'node:assert/strict';
import { evaluateRequirement, type RequirementFacts } from '../../../src/cuda/requirement.js';
import { brandsOf, isDataCentre } from '../../../src/cuda/gpu-brand.js';
import { compareVersions, isAtLeast, majorMinor } from '../../../src/cuda/version.js';

const facts: RequirementFacts = { cuda: '12.4', driver: '550.54.14', arch: '8.6', brand: 'GeForce' };

describe('a requirement of an image', () => {
  const cases: [requirement: string, outcome: string, facts?: Partial<RequirementFacts>][] = [
    ['', 'met'],
    ['cuda>=12.4', 'met'],
    ['cuda>=12.4.0', 'met'],
    ['cuda>12.4', 'unmet cuda>12.4'],
    ['cuda>=12.8', 'unmet cuda>=12.8'],
    ['cuda<12.8', 'met'],
    ['cuda<=12.4', 'met'],
    ['cuda=12.4', 'met'],
    ['cuda!=12.4', 'unmet cuda!=12.4'],
    ['CUDA>=12.0', 'met'],
    ['driver>=550,driver<551', 'met'],
    ['driver>=535,driver<536', 'unmet driver>=535,driver<536'],
    ['arch>=8.0', 'met'],
    ['arch>=9.0', 'unmet arch>=9.0'],
    ['brand=geforce', 'met'],
    ['brand!=geforce', 'unmet brand!=geforce'],
    ['cuda>=12.8 brand=geforce,driver>=550,driver<551', 'met'],
    ['cuda>=12.8 brand=tesla,driver>=550,driver<551', 'unmet cuda>=12.8'],
    ['cuda>=12.8   cuda>=12.0', 'met'],
    // What is not known decides nothing unless the rest leaves it open.
    ['arch>=8.0', 'unknown-fact arch>=8.0', { arch: undefined }],
    ['arch>=8.0 cuda>=12.0', 'met', { arch: undefined }],
    ['arch>=8.0,cuda>=12.8', 'unmet arch>=8.0,cuda>=12.8', { arch: undefined }],
    ['brand=tesla,driver>=550', 'unknown-fact brand=tesla', { brand: undefined }],
    ['cuda>=12.8 brand=tesla,driver>=550', 'unknown-fact brand=tesla', { brand: undefined }],
    // The container toolkits treat these differently, unless they never read them.
    ['hopper>=1', 'unknown-term hopper>=1'],
    ['hopper>=1 cuda>=12.0', 'unknown-term hopper>=1'],
    ['cuda>=12.0 hopper>=1', 'met'],
    ['cuda>=12.8,hopper>=1', 'unmet cuda>=12.8,hopper>=1'],
    ['cuda', 'unknown-term cuda'],
    ['cuda>=', 'unknown-term cuda>='],
    ['cuda>=twelve', 'unknown-term cuda>=twelve'],
    ['cuda=>12.0', 'unknown-term cuda=>12.0'],
    ['brand>tesla', 'unknown-term brand>tesla'],
  ];
  for (const [requirement, expected, other] of cases) {
    it(`“${requirement}” is ${expected}`, () => {
      const outcome = evaluateRequirement(requirement, { ...facts, ...other });
      const words =
        outcome.kind === 'met'
          ? 'met'
          : outcome.kind === 'unmet'
            ? `unmet ${outcome.condition}`
            : `${outcome.why} ${outcome.term}`;
      assert.equal(words, expected);
    });
  }

  it('compares versions part by part', () => {
    assert.equal(compareVersions('12.4', '12.4.0'), 0);
    assert.ok((compareVersions('12.10', '12.9') ?? 0) > 0);
    assert.ok((compareVersions('535.54.03', '535.104.05') ?? 0) < 0);
    assert.equal(compareVersions('cu12.6', '12.6'), undefined);
    assert.equal(isAtLeast('', '1'), undefined);
    assert.equal(majorMinor('12.04.1'), '12.4');
    assert.equal(majorMinor('12'), undefined);
  });

  it('knows what NVML may call a product', () => {
    assert.deepEqual(brandsOf('NVIDIA GeForce RTX 3090'), ['geforce', 'geforcertx']);
    assert.deepEqual(brandsOf('Tesla T4'), ['tesla']);
    assert.deepEqual(brandsOf('Something'), []);
    for (const name of ['NVIDIA A100-SXM4-40GB', 'NVIDIA L40S', 'NVIDIA H100 PCIe', 'Tesla V100', 'NVIDIA B200']) {
      assert.ok(isDataCentre(name), name);
    }
    for (const name of ['NVIDIA GeForce RTX 4090', 'NVIDIA RTX A6000', 'Quadro RTX 8000', 'TITAN Xp']) {
      assert.ok(!isDataCentre(name), name);
    }
  });
});
