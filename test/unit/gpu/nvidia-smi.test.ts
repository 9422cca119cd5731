import assert from 'node:assert/strict';
import { readProcVersion, readSmi, withCapabilities } from '../../../src/gpu/nvidia-smi.js';

const head = (driver: string, cuda: string): string =>
  `| NVIDIA-SMI ${driver}    Driver Version: ${driver}    CUDA Version: ${cuda} |\n`;
const row = (index: number, name: string, mode = 'Off', mig = 'N/A'): string =>
  `|   ${index}  ${name}   ${mode} | 00000000:01:00.0 Off |   N/A |\n| N/A   30C    P0    60W / 300W |   0MiB / 12288MiB |   0%   Default |\n|        |        |   ${mig} |\n`;
const processes =
  '| Processes:                                                   |\n|  GPU   GI   CI        PID   Type   Process name      GPU Memory |\n|    0   N/A  N/A        33      G   /Xwayland                N/A      |\n';

/** Names, CUDA and MIG of what was read. */
function summary(text: string, isWsl = false): string {
  const reading = readSmi(text, isWsl);
  if (reading.kind !== 'driver') return reading.kind;
  const { kind, version, cuda, gpus } = reading.driver;
  return [kind, version, cuda ?? '-', ...gpus.map(({ name, mig }) => (mig === 'off' ? name : `${name} ${mig}`))].join(
    ' ',
  );
}

describe('the table of nvidia-smi', () => {
  it('has GPUs, not processes that look like them', () => {
    const text = head('581.15', '13.0') + row(0, 'NVIDIA GeForce RTX 4070', 'On') + processes;
    assert.equal(summary(text, true), 'wsl 581.15 13.0 NVIDIA GeForce RTX 4070');
    const bare = processes.replace(/^.*Processes:.*\n/, '');
    assert.equal(summary(head('581.15', '13.0') + row(0, 'NVIDIA L4') + bare, true), 'wsl 581.15 13.0 NVIDIA L4');
  });

  it('tells instances of a divided GPU from one that has none', () => {
    const instance = '| MIG devices: |\n|  0    5   0   0  |   25MiB /  9856MiB  | 28      0 |\n';
    const divided = head('535.161.08', '12.2') + row(0, 'NVIDIA A100-SXM4-40GB', 'On', 'Enabled');
    assert.match(summary(divided + instance), /40GB on$/);
    assert.match(summary(`${divided}| MIG devices: |\n|  No MIG devices found |\n`), /without-instances$/);
    // A table that ends before says nothing of instances.
    assert.match(summary(divided), /40GB on$/);
  });

  it('shows the CUDA of the driver, not that of the image', () => {
    assert.equal(summary(head('450.102.04', '11.2') + row(0, 'Tesla T4')), 'linux 450.102.04 11.0 Tesla T4');
    assert.equal(summary(head('565.57.01', '12.7') + row(0, 'Tesla T4')), 'linux 565.57.01 12.7 Tesla T4');
    assert.equal(summary(head('550.40.07', '12.4') + row(0, 'Tesla T4')), 'linux 550.40.07 12.4 Tesla T4');
  });

  it('is not read out of what is none, in time that grows with its length only', () => {
    for (const text of ['', 'Segmentation fault', head('abc', '12.4'), head('550.54.14', '12.4')]) {
      assert.equal(summary(text), 'unclear', text);
    }
    assert.equal(summary(`${head('550.54.14', '12.4')}|   0  ${' '.repeat(200_000)}x\n`), 'unclear');
  });

  it('gets its compute capabilities from a query, where the tool knows them', () => {
    const reading = readSmi(head('550.54.14', '12.4') + row(0, 'NVIDIA Graphics Device') + row(1, 'NVIDIA L4'), false);
    assert.ok(reading.kind === 'driver');
    const capabilities = (query: string): (string | undefined)[] =>
      withCapabilities(reading.driver, query).gpus.map(({ capability }) => capability);
    assert.deepEqual(capabilities('0, 8.0\n1, 8.9\n'), ['8.0', '8.9']);
    assert.deepEqual(capabilities('Field "compute_cap" is not a valid field to query.\n'), [undefined, '8.9']);
  });

  it('is not needed to know the driver of this machine', () => {
    const open = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  565.57.01  Release Build\nGCC version: x\n';
    const closed = 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.173.02  Tue Jun 23 08:38:17 UTC 2026\n';
    assert.deepEqual(
      [readProcVersion(open), readProcVersion(closed), readProcVersion('')],
      ['565.57.01', '580.173.02', undefined],
    );
  });
});
