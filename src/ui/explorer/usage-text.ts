import { type ContainerUsage } from '../../engine/container-usage.js';
import { type GpuMemory } from '../../engine/container-gpu.js';
import { formatSize } from '../../host/quantities.js';

/** What a container uses, on one line: `12 % CPU · 310 MB of 16 GB · ↓ 1.2 MB/s ↑ 3 kB/s · GPU 1.2 of 16 GB`. */
export function usageText(usage: ContainerUsage, gpu: GpuMemory | undefined): string {
  const { cpu, memory, memoryLimit, network } = usage;
  return [
    ...(cpu === undefined ? [] : [`${percent(cpu.share)} CPU`]),
    ...(memory === undefined ? [] : [ofTotal(memory, memoryLimit)]),
    ...(network === undefined ? [] : [`↓ ${size(network.received)}/s ↑ ${size(network.sent)}/s`]),
    ...(gpu === undefined ? [] : [`GPU ${ofTotal(gpu.used, gpu.total)}`]),
  ].join(' · ');
}

/** All that is known of it, one thing a line. */
export function usageDetails(usage: ContainerUsage, gpu: GpuMemory | undefined): string {
  const { cpu, memory, memoryLimit, network, disk, processes } = usage;
  const processors = cpu?.processors === undefined ? '' : ` of ${cpu.processors} processors`;
  return [
    ...(cpu === undefined ? [] : [`CPU: ${percent(cpu.share)}${processors}`]),
    ...(memory === undefined ? [] : [`Memory: ${ofTotal(memory, memoryLimit)}`]),
    ...(network === undefined ? [] : [`Network: ${size(network.received)}/s received, ${size(network.sent)}/s sent`]),
    ...(disk === undefined ? [] : [`Disk: ${size(disk.read)}/s read, ${size(disk.written)}/s written`]),
    ...(processes === undefined ? [] : [`Processes and threads: ${processes}`]),
    ...(gpu === undefined ? [] : [`GPU memory, whoever uses it: ${ofTotal(gpu.used, gpu.total)}`]),
  ].join('\n');
}

/** Of many processors, what one program uses is little. */
function percent(share: number): string {
  const value = share * 100;
  return `${value < 9.95 ? value.toFixed(1).replace('.0', '') : value.toFixed(0)} %`;
}

/** What changes every second is read at a glance: without a zero behind the point. */
function size(bytes: number): string {
  return formatSize(Math.round(bytes)).replace('.0 ', ' ');
}

function ofTotal(used: number, total: number | undefined): string {
  if (total === undefined) return size(used);
  const [[value = '', unit], whole] = [size(used).split(' '), size(total)];
  return whole.endsWith(` ${unit}`) ? `${value} of ${whole}` : `${size(used)} of ${whole}`;
}
