import assert from 'node:assert/strict';
import { usageReader } from '../../../src/engine/container-usage.js';

/** Statistics as an engine with control groups of version 2 sends them, at a second of its clock. */
function stats(second: number, more: object = {}): object {
  return {
    read: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`,
    cpu_stats: { cpu_usage: { total_usage: second * 2e9 }, system_cpu_usage: second * 16e9, online_cpus: 16 },
    memory_stats: { usage: 300_000_000, limit: 16_000_000_000, stats: { inactive_file: 100_000_000 } },
    networks: {
      eth0: { rx_bytes: second * 1000, tx_bytes: second * 20 },
      eth1: { rx_bytes: second * 500, tx_bytes: 0 },
    },
    blkio_stats: {
      io_service_bytes_recursive: [
        { major: 8, minor: 0, op: 'read', value: second * 4096 },
        { major: 8, minor: 16, op: 'read', value: second * 4096 },
        { major: 8, minor: 0, op: 'write', value: second * 100 },
      ],
    },
    pids_stats: { current: 5 },
    ...more,
  };
}

describe('what a container uses', () => {
  it('is told of a moment, but for what takes two', () => {
    assert.deepEqual(usageReader()(stats(10)), {
      memory: 200_000_000,
      memoryLimit: 16_000_000_000,
      cpuSeconds: 20,
      cpu: undefined,
      network: undefined,
      disk: undefined,
      processes: 5,
    });
  });

  it('has rates by the time between two moments', () => {
    const read = usageReader();
    read(stats(10));
    const usage = read(stats(12));
    assert.ok(usage !== undefined);
    assert.deepEqual(usage.cpu, { share: 2 / 16, processors: 16 });
    assert.deepEqual(usage.network, { received: 1500, sent: 20 });
    assert.deepEqual(usage.disk, { read: 8192, written: 100 });
  });

  it('is understood with control groups of version 1', () => {
    const read = usageReader();
    const old = (second: number): object =>
      stats(second, {
        cpu_stats: {
          cpu_usage: { total_usage: second * 1e9, percpu_usage: [1, 2, 3, 4] },
          system_cpu_usage: second * 4e9,
        },
        memory_stats: { usage: 300, limit: 1000, stats: { total_inactive_file: 50, inactive_file: 40 } },
        blkio_stats: {
          io_service_bytes_recursive: [
            { op: 'Read', value: second * 8 },
            { op: 'Write', value: second * 4 },
            { op: 'Total', value: second * 12 },
          ],
        },
      });
    read(old(1));
    const usage = read(old(2));
    assert.ok(usage !== undefined);
    assert.deepEqual(usage.cpu, { share: 0.25, processors: 4 });
    assert.deepEqual(usage.disk, { read: 8, written: 4 });
    assert.equal(usage.memory, 250);
  });

  it('says nothing of what the engine does not tell', () => {
    const read = usageReader();
    const bare = { read: '2026-01-01T00:00:00Z', memory_stats: {}, networks: null, pids_stats: {} };
    const nothing = {
      memory: undefined,
      memoryLimit: undefined,
      cpuSeconds: undefined,
      cpu: undefined,
      network: undefined,
      disk: undefined,
      processes: undefined,
    };
    assert.deepEqual(read(bare), nothing);
    assert.deepEqual(read(bare), nothing);
    assert.equal(read('no statistics'), undefined);
  });

  it('never goes back: a counter that does has begun anew, and a clock that stands tells no rate', () => {
    const read = usageReader();
    read(stats(10));
    const usage = read({ ...stats(1), read: '2026-01-01T00:00:11Z' });
    assert.deepEqual([usage?.network, usage?.cpu], [{ received: 0, sent: 0 }, undefined]);
    const still = read({ ...stats(2), read: '2026-01-01T00:00:11Z' });
    assert.equal(still?.network, undefined);
  });
});
