import { type FinishedRecord, newRecord, type OutputFile, type RunningRecord } from '../../../src/run/record.js';

export const sha = (digit: string): string => digit.repeat(64);

export const running: RunningRecord = newRecord({
  image: {
    ...{ reference: 'lab/analysis:1', imageId: 'sha256:1', platform: 'linux/amd64' },
    ...{ configDigest: `sha256:${sha('2')}`, diffIds: [`sha256:${sha('3')}`, `sha256:${sha('4')}`] },
  },
  command: ['python', 'my run.py'],
  environment: { SEED: '1', LANG: 'C' },
  omittedEnvironment: ['API_TOKEN'],
  output: { folder: 'results', target: '/output' },
  mounts: [
    { type: 'volume', source: 'weights', target: '/weights', readOnly: false },
    { type: 'folder', source: 'data', target: '/data', readOnly: true },
  ],
  ports: [{ container: 8888, host: 80 }, { container: 6006 }],
  limits: { memory: 536_870_912, cpus: 1.5 },
  gpus: ['0', '1'],
  user: '1000:100',
  interactive: false,
  container: { id: 'c1', name: 'happy_curie' },
  git: { commit: 'abcdef', dirty: false },
  host: {
    ...{ engine: 'Docker 28.0.1', platform: 'linux/amd64', operatingSystem: 'Debian 12' },
    ...{ cores: 8, memory: 16_000_000_000, gpu: 'NVIDIA A100' },
  },
  started: '2026-03-04T05:06:07Z',
});

const end = { state: 'finished', finished: '2026-03-04T05:06:19Z', seconds: 12.5, exitCode: 0 } as const;
export const aCsv: OutputFile = { path: 'a.csv', size: 1234, sha256: sha('a') };
export const record: FinishedRecord = {
  ...{ ...running, ...end, outOfMemory: false, peakMemory: 1000, cpuSeconds: 11.25 },
  outputs: [aCsv, { path: 'latest', link: 'a.csv' }],
};

export const lost = { ...running, state: 'lost', lost: { when: '2026-03-05T00:00:00Z', why: 'It is gone.' } } as const;

/** Without anything that may be left out. */
export const bare: FinishedRecord = {
  ...newRecord({
    ...{ command: [], environment: {}, omittedEnvironment: [], mounts: [], ports: [], limits: {}, interactive: false },
    image: { reference: 'busybox', imageId: 'x', diffIds: [], platform: 'linux/amd64' },
    container: { id: 'c2', name: 'n' },
    host: { engine: 'Docker 20.10', platform: 'linux/amd64', operatingSystem: 'Debian 11' },
    started: '2026-03-04T05:06:07Z',
  }),
  ...{ ...end, outOfMemory: false, outputs: [] },
};
