import { expectAnswers, image, type Parts, run } from './checklist-samples.js';

describe("the reviewers' checklist", () => {
  describe('on hardware', () => {
    const noCores = { ...run.host, cores: undefined };
    const noGpu = { ...run.host, gpu: undefined };
    const unmeasured = { ...run, peakMemory: undefined };
    expectAnswers('11-hardware', [
      ['all of it', {}, 'passed', /linux\/amd64, 8 cores, NVIDIA A100, .*750 MB of disk.*12\.5 s/],
      ['no run', { runs: [] }, 'failed', /No run/],
      ['a failed run', { runs: [{ ...run, exitCode: 1 }] }, 'failed', /No run/],
      [
        'a run of another image with the same layers',
        { runs: [{ ...run, image: { ...run.image, configDigest: 'sha256:other' } }] },
        'failed',
        /No run/,
      ],
      ['no cores', { runs: [{ ...run, host: noCores }] }, 'failed', /cores/],
      ['a GPU that is not named', { runs: [{ ...run, host: noGpu }] }, 'failed', /GPU/],
      ['no GPU', { runs: [{ ...run, gpus: undefined, host: noGpu }] }, 'passed', /8 cores, [^N]*memory/],
      ['no peak of memory', { runs: [unmeasured] }, 'failed', /memory was used/],
      ['too short for one', { runs: [{ ...unmeasured, seconds: 0.5 }] }, 'passed', /0\.5 s/],
    ]);
  });

  describe('on secrets', () => {
    expectAnswers('12-secrets', [
      ['not searched for', { secrets: 'not-searched' }, 'unknown', /not searched/],
      [
        'five',
        { secrets: ['a', 'b', 'c', 'd', 'e'].map((where) => ({ where, what: 'GitHub Token' })) },
        'failed',
        /a \(GitHub Token\).*and 2 more/,
      ],
    ]);
  });

  describe("on the host's paths", () => {
    const withRun = (change: Partial<typeof run>): Partial<Parts> => ({ runs: [{ ...run, ...change }] });
    const folder = { type: 'folder', target: '/data', readOnly: true } as const;
    expectAnswers('13-host-paths', [
      ['Linux', { readme: 'cd /home/marie/lab' }, 'failed', /\/home\/marie\/lab \(README\.md\)/],
      ['a file address', { readme: 'file:///home/marie/lab' }, 'failed', /marie/],
      [
        'macOS',
        withRun({ command: ['sh', '-c', 'cat "/Users/marie/a b"'] }),
        'failed',
        /\/Users\/marie\/a \(run of 2026/,
      ],
      ['Windows', withRun({ environment: { IN: 'C:\\Users\\Marie\\x' } }), 'failed', /C:\\Users/],
      ['Windows from Linux', withRun({ given: ['/mnt/c/Users/Marie/x'] }), 'failed', /\/mnt\/c/],
      ['a folder', withRun({ mounts: [{ ...folder, source: '/srv/data' }] }), 'failed', /\/srv\/data/],
      ['a drive', withRun({ output: { folder: 'D:/out', target: '/output' } }), 'failed', /D:\/out/],
      ['a volume', withRun({ mounts: [{ ...folder, type: 'volume', source: 'data' }] }), 'passed', /no path/],
      [
        "an image's home",
        { readme: 'cd /home/jovyan/work && ls /root /usr/Users/x https://example.org/home/page' },
        'passed',
        /no path/,
      ],
      ['a home that is like one', { readme: '/home/jovyan2' }, 'failed', /jovyan2/],
      [
        'a home that is mounted into',
        { readme: '/home/marie/lab', images: [{ ...image, target: '/home/marie/out' }] },
        'passed',
        /no path/,
      ],
      [
        'a home that the program starts in',
        { readme: '/home/marie/lab', images: [{ ...image, workingFolder: '/home/marie' }] },
        'passed',
        /no path/,
      ],
      [
        'outputs that were not handed over',
        withRun({ problem: { reason: 'internal', message: 'It broke.' } }),
        'failed',
        /It broke\./,
      ],
    ]);
  });
});
