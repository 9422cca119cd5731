import { type GpuCheck } from '../../gpu/check-gpu.js';
import { type GpuWay } from '../../gpu/host-gpu.js';
import { summaryOf } from '../../gpu/need.js';
import { type VerdictWord } from '../../gpu/verdict.js';
import { type GpuStatus } from './gpu-monitor.js';

/** How a state of the GPU looks in the status bar. */
export interface GpuLook {
  /** With icons, as the status bar takes them; names in it are not escaped yet. */
  icon: string;
  text: string;
  isWarning: boolean;
  /** A sentence on top of the tooltip. */
  heading: string;
  rows: readonly (readonly [what: string, value: string])[];
}

const chip = 'circuit-board';

/** The one place where states become texts. */
export function lookOf(status: GpuStatus): GpuLook {
  switch (status.kind) {
    case 'unchecked':
      return look(chip, 'GPU', false, 'Whether containers get a GPU was not checked: nothing here asks for one.');
    case 'checking':
      return look('loading~spin', 'GPU', false, 'Checking what the engine and its GPU offer…');
    case 'no-engine':
      // The engine's own item beside it says that there is none.
      return look(chip, 'GPU', false, `${status.failure.message} ${status.failure.remedy}`);
    case 'checked':
      return lookOfCheck(status.check);
  }
}

/** A verdict in a few words. */
export function verdictHeading(verdict: VerdictWord): string {
  switch (verdict) {
    case 'works':
      return 'runs on the GPU';
    case 'works-with-limits':
      return 'runs on the GPU, with limits';
    case 'does-not-work':
      return 'will not run on the GPU';
    case 'cpu-only':
      return 'runs on the CPU';
    case 'cannot-tell':
      return 'it cannot be told whether it runs on the GPU';
  }
}

/** What a check is made of, line by line: GPUs, driver, CUDA, the engine's way, and what is needed. */
export function rowsOf({ host, need, support }: GpuCheck): [what: string, value: string][] {
  const rows: [string, string][] = [];
  switch (host.kind) {
    case 'nvidia': {
      const { driver, way } = host;
      const names = [...new Set(driver.gpus.map(({ name }) => name))];
      for (const name of names) rows.push(['GPU', describeGpu(name, host)]);
      rows.push(['Driver', `${driver.version}${driver.kind === 'wsl' ? ' of Windows' : ''}`]);
      rows.push(['Highest CUDA', driver.cuda ?? 'not said']);
      rows.push(['Engine’s Way', wayName(way)]);
      break;
    }
    case 'given':
      rows.push(['GPU', 'given to containers, not named']);
      rows.push(['Engine’s Way', wayName(host.way)]);
      break;
    case 'amd':
      rows.push(['GPU', 'of AMD']);
      break;
    case 'blocked':
      rows.push(['GPU', `not for containers: ${host.problem.message}`]);
      rows.push(['Engine’s Way', support?.runtimes.includes('nvidia') === true ? 'runtime “nvidia”' : 'none']);
      break;
    case 'none':
      rows.push(['GPU', 'none']);
      break;
    case 'unknown':
      rows.push(['GPU', 'not known']);
      break;
  }
  rows.push(['Needed Here', neededHere(need)]);
  return rows;
}

function neededHere(need: GpuCheck['need']): string {
  if (need === undefined) return 'no project is open';
  switch (need.kind) {
    case 'none':
      return 'no GPU';
    case 'unclear':
      return 'not clear';
    default:
      return summaryOf(need);
  }
}

function lookOfCheck(check: GpuCheck): GpuLook {
  const { host, verdict } = check;
  const rows = rowsOf(check);
  const heading = verdict.remedy === undefined ? verdict.reason : `${verdict.reason} ${verdict.remedy}`;
  const of = (icon: string, text: string, isWarning = false): GpuLook => ({ icon, text, isWarning, heading, rows });
  switch (host.kind) {
    case 'none':
      return of(chip, 'CPU Only');
    case 'amd':
      return verdict.verdict === 'does-not-work'
        ? of('warning', 'AMD GPU: Not for This Project', true)
        : of(chip, 'AMD GPU');
    case 'blocked': {
      const isWanted = check.need?.kind !== 'none';
      return of(isWanted ? 'warning' : chip, 'GPU: Not for Containers', isWanted);
    }
    case 'unknown':
      return of('question', 'GPU');
    case 'given':
      return of('question', 'GPU');
    case 'nvidia': {
      const name = host.driver.cuda === undefined ? 'GPU' : `CUDA ${host.driver.cuda}`;
      return verdict.verdict === 'does-not-work'
        ? of('warning', `${name}: Not for This Project`, true)
        : of(chip, name);
    }
  }
}

function describeGpu(name: string, { driver }: GpuCheck['host'] & { kind: 'nvidia' }): string {
  const same = driver.gpus.filter((gpu) => gpu.name === name);
  const [first] = same;
  const facts = [
    first?.memory === undefined ? '' : `${Math.round(first.memory / 1024)} GB`,
    first?.capability === undefined ? '' : `compute capability ${first.capability}`,
    first?.mig === 'off' || first === undefined ? '' : 'divided (MIG)',
  ].filter((fact) => fact !== '');
  const count = same.length > 1 ? `${same.length} × ` : '';
  return `${count}${name}${facts.length === 0 ? '' : `, ${facts.join(', ')}`}`;
}

function wayName(way: GpuWay): string {
  switch (way) {
    case 'hook':
      return 'NVIDIA Container Toolkit';
    case 'cdi':
      return 'CDI';
    case 'runtime':
      return 'runtime “nvidia”';
    case 'unknown':
      return 'not known';
  }
}

function look(icon: string, text: string, isWarning: boolean, heading: string): GpuLook {
  return { icon, text, isWarning, heading, rows: [] };
}
