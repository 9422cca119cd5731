import { type Check } from '../../../../src/bundle/check.js';
import { arm, digest, expectAnswers, good, image, run, verified } from './checklist-samples.js';

describe("the reviewers' checklist", () => {
  describe('on what was verified', () => {
    const without = (...kinds: string[]): Check[] =>
      good.verification.filter(({ id }) => !kinds.some((kind) => id.startsWith(kind)));
    const both = [...good.verification, ...verified('passed', 'load:linux/arm64', 'run:linux/arm64')];
    expectAnswers('7-round-trip', [
      [
        'an archive that is not whole',
        { verification: verified('failed', 'archive:linux/amd64') },
        'failed',
        /archive/,
      ],
      ['loaded, but not run', { verification: without('run') }, 'unknown', /not tried/],
      [
        'no engine',
        { verification: [...without('load', 'run'), ...verified('unknown', 'load:linux/amd64')] },
        'unknown',
        /^Check load:linux\/amd64 is unknown/,
      ],
      ['one of two platforms', { images: [image, arm] }, 'unknown', /not tried/],
      ['two platforms', { images: [image, arm], verification: both }, 'passed', /loads/],
      [
        'one of two platforms fails',
        { images: [image, arm], verification: [...both, ...verified('failed', 'run:linux/arm64')] },
        'failed',
        /arm64/,
      ],
      ['no image', { images: [] }, 'unknown', /not tried/],
    ]);
    const noRun = without('run');
    const { platform, configDigest } = arm;
    const onArm = { ...run, image: { ...run.image, platform, configDigest } };
    const failedOnArm = { ...onArm, exitCode: 3 };
    expectAnswers('8-smoke-test', [
      ['a recorded run', { verification: [] }, 'passed', /13 seconds/],
      [
        'a recorded run of half an hour',
        { verification: noRun, runs: [{ ...run, seconds: 1800 }] },
        'passed',
        /1800 seconds/,
      ],
      ['a recorded run of more', { verification: noRun, runs: [{ ...run, seconds: 1800.1 }] }, 'failed', /31 minutes/],
      ['a recorded run that failed', { verification: noRun, runs: [{ ...run, exitCode: 137 }] }, 'failed', /137/],
      [
        'a failed and a good one',
        { verification: noRun, runs: [{ ...run, exitCode: 1 }, run] },
        'passed',
        /13 seconds/,
      ],
      [
        'a run of another image',
        { verification: noRun, runs: [{ ...run, image: { ...run.image, configDigest: digest, diffIds: [] } }] },
        'unknown',
        /not tried/,
      ],
      ['a failed verification', { verification: verified('failed', 'run:linux/amd64') }, 'failed', /run:/],
      ['one of two platforms', { images: [image, arm], verification: noRun, runs: [run] }, 'unknown', /linux\/arm64/],
      [
        'one of two platforms fails',
        { images: [image, arm], verification: noRun, runs: [run, failedOnArm] },
        'failed',
        /3/,
      ],
      [
        'both of two platforms, one by a verification',
        { images: [image, arm], runs: [{ ...onArm, seconds: 1800 }] },
        'passed',
        /each platform/,
      ],
      [
        'both of two platforms, one too slow',
        { images: [image, arm], verification: noRun, runs: [run, { ...onArm, seconds: 1801 }] },
        'failed',
        /31 minutes/,
      ],
    ]);
    expectAnswers('9-offline', [
      ['a run with a network only', { verification: without('offline') }, 'unknown', /network/],
      ['it fails', { verification: verified('failed', 'offline:linux/amd64') }, 'failed', /offline/],
    ]);
    expectAnswers('10-outputs', [
      [
        'nothing to compare with',
        { verification: without('outputs'), images: [{ ...image, expected: undefined }] },
        'failed',
        /No recorded run/,
      ],
      [
        'nothing to compare one of two platforms with',
        { images: [image, { ...arm, expected: undefined }] },
        'failed',
        /command for linux\/arm64 left/,
      ],
      ['what the verification says', {}, 'passed', /^Check outputs:linux\/amd64 is passed\.$/],
      ['not compared yet', { verification: [] }, 'unknown', /recorded outputs \(1\)/],
      ['they differ', { verification: verified('failed', 'outputs:linux/amd64') }, 'failed', /outputs/],
    ]);
    expectAnswers('15-checksums', [
      [
        'a damaged file',
        { verification: [...without('checksums'), ...verified('failed', 'checksum:x')] },
        'failed',
        /checksum:x/,
      ],
      [
        'a file too many',
        { verification: [...good.verification, ...verified('failed', 'extra:x')] },
        'failed',
        /extra:x/,
      ],
      ['not compared', { verification: without('checksums') }, 'unknown', /not compared/],
    ]);
  });
});
