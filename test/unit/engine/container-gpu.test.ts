import assert from 'node:assert/strict';
import { readGpuMemory, tellsOfGpu } from '../../../src/engine/container-gpu.js';

describe('the GPU of a container', () => {
  const cases: [what: string, hostConfig: object, has: boolean][] = [
    ['none', { Runtime: 'runc', DeviceRequests: null, Devices: [] }, false],
    ['an older answer without requests', { Devices: null }, false],
    ['a request for all', { DeviceRequests: [{ Driver: '', Count: -1, Capabilities: [['gpu']] }] }, true],
    ['a request by CDI', { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=0'] }] }, true],
    ['a request for something else', { DeviceRequests: [{ Driver: 'tpu', Capabilities: [['tpu']] }] }, false],
    ['the runtime', { Runtime: 'nvidia' }, true],
    ['a device', { Devices: [{ PathOnHost: '/dev/nvidia0', PathInContainer: '/dev/nvidia0' }] }, true],
    ['another device', { Devices: [{ PathOnHost: '/dev/fuse' }] }, false],
  ];
  for (const [what, HostConfig, has] of cases) {
    it(`is known by ${what}`, () => {
      assert.equal(tellsOfGpu({ HostConfig }), has);
    });
  }

  it('has the memory that nvidia-smi tells, of all GPUs together', () => {
    assert.deepEqual(readGpuMemory('1024, 16384\n'), { used: 2 ** 30, total: 16 * 2 ** 30 });
    assert.deepEqual(readGpuMemory('1024, 16384\r\n0, 16384\r\n'), { used: 2 ** 30, total: 32 * 2 ** 30 });
  });

  it('tells nothing where nvidia-smi does not', () => {
    for (const text of [
      '',
      '[N/A], [N/A]\n',
      'No devices were found\n',
      '12\n',
      'sh: nvidia-smi: not found 1, 2 x\n',
    ]) {
      assert.equal(readGpuMemory(text), undefined, text);
    }
  });
});
