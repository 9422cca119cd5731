import assert from 'node:assert/strict';
import { type ContainerUsage } from '../../../src/engine/container-usage.js';
import { usageDetails, usageText } from '../../../src/ui/explorer/usage-text.js';

const nothing: ContainerUsage = {
  memory: undefined,
  memoryLimit: undefined,
  cpuSeconds: undefined,
  cpu: undefined,
  network: undefined,
  disk: undefined,
  processes: undefined,
};
const all: ContainerUsage = {
  memory: 310_000_000,
  memoryLimit: 16_000_000_000,
  cpuSeconds: 3,
  cpu: { share: 0.12, processors: 16 },
  network: { received: 1_200_000, sent: 3000 },
  disk: { read: 0, written: 4096.4 },
  processes: 7,
};

describe('what a container uses, as text', () => {
  it('is on one line', () => {
    assert.equal(usageText(all, undefined), '12 % CPU · 310 MB of 16 GB · ↓ 1.2 MB/s ↑ 3 kB/s');
    const gpu = { used: 1_200_000_000, total: 16_000_000_000 };
    assert.equal(usageText(all, gpu), '12 % CPU · 310 MB of 16 GB · ↓ 1.2 MB/s ↑ 3 kB/s · GPU 1.2 of 16 GB');
  });

  it('leaves out what is not known', () => {
    assert.equal(usageText(nothing, undefined), '');
    assert.equal(usageText({ ...nothing, memory: 0 }, undefined), '0 B');
    assert.equal(usageText({ ...nothing, memory: 2e9, memoryLimit: 4e9 }, undefined), '2 of 4 GB');
    assert.equal(usageDetails(nothing, undefined), '');
  });

  it('shows little as little, and nothing as nothing', () => {
    const share = (value: number): string => usageText({ ...nothing, cpu: { share: value, processors: 1 } }, undefined);
    assert.deepEqual([0, 0.0004, 0.0123, 0.0996, 0.5, 1].map(share), [
      '0 % CPU',
      '0 % CPU',
      '1.2 % CPU',
      '10 % CPU',
      '50 % CPU',
      '100 % CPU',
    ]);
  });

  it('is whole in its details', () => {
    assert.equal(
      usageDetails(all, { used: 800_000_000, total: 16_000_000_000 }),
      [
        'CPU: 12 % of 16 processors',
        'Memory: 310 MB of 16 GB',
        'Network: 1.2 MB/s received, 3 kB/s sent',
        'Disk: 0 B/s read, 4.1 kB/s written',
        'Processes and threads: 7',
        'GPU memory, whoever uses it: 800 MB of 16 GB',
      ].join('\n'),
    );
  });
});
