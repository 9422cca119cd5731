import { composeLabels } from '../../compose/labels.js';
import { madeFrom } from '../../compose/made-from.js';
import { type ContainerSummary } from '../../engine/containers.js';

/** How a service looks over its line. */
export interface ServiceLook {
  /** With an icon in front: `$(play) running, healthy · port 8080`. */
  text: string;
  isRunning: boolean;
  /** Whether a browser may be pointed at it. */
  hasPort: boolean;
  isThere: boolean;
}

/** What was made from a compose file, by the names of services. @param file absolute path */
export function containersByService(
  file: string,
  containers: readonly ContainerSummary[],
): ReadonlyMap<string, readonly ContainerSummary[]> {
  const found = new Map<string, ContainerSummary[]>();
  for (const container of madeFrom(file, containers)) {
    if (container.labels[composeLabels.oneOff] === 'True') continue;
    const service = container.labels[composeLabels.service] ?? '';
    found.set(service, [...(found.get(service) ?? []), container]);
  }
  return found;
}

/** What a service does, by its containers. */
export function lookOfService(containers: readonly ContainerSummary[]): ServiceLook {
  const [first, ...others] = containers;
  if (first === undefined) {
    return { text: '$(circle-outline) not running', isRunning: false, hasPort: false, isThere: false };
  }
  const running = containers.filter(({ state }) => state === 'running');
  const ports = [...new Set(running.flatMap(publishedPorts))];
  const facts = [
    others.length === 0 ? stateOf(first) : stateOfAll(containers, running),
    ...(ports.length === 0 ? [] : [`${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`]),
  ];
  return {
    text: `$(${iconOf(containers, running)}) ${facts.join(' · ')}`,
    isRunning: running.length > 0,
    hasPort: ports.length > 0,
    isThere: true,
  };
}

/** What all services of a file do together: `2 of 3 services running`. @param names of all services of the file */
export function lookOfApplication(
  names: readonly string[],
  byService: ReadonlyMap<string, readonly ContainerSummary[]>,
): ServiceLook {
  const looks = names.map((name) => lookOfService(byService.get(name) ?? []));
  const running = looks.filter(({ isRunning }) => isRunning).length;
  const all = looks.length;
  const text =
    running === 0
      ? '$(circle-outline) not running'
      : `$(play) ${running === all ? '' : `${running} of `}${all} ${all === 1 ? 'service' : 'services'} running`;
  return {
    text,
    isRunning: running > 0,
    hasPort: looks.some(({ hasPort }) => hasPort),
    isThere: byService.size > 0,
  };
}

function stateOf({ state, exitCode, health }: ContainerSummary): string {
  switch (state) {
    case 'exited':
      return exitCode === undefined ? 'stopped' : `exited with ${exitCode}`;
    case 'created':
      return 'not started';
    case 'restarting':
      return exitCode === undefined ? 'restarting' : `restarting, exited with ${exitCode}`;
    default:
      return health === undefined ? state : `${state}, ${health === 'starting' ? 'health unknown yet' : health}`;
  }
}

function stateOfAll(containers: readonly ContainerSummary[], running: readonly ContainerSummary[]): string {
  const unhealthy = running.filter(({ health }) => health === 'unhealthy').length;
  const count = running.length === containers.length ? '' : `${running.length} of `;
  return `${count}${containers.length} running${unhealthy === 0 ? '' : `, ${unhealthy} unhealthy`}`;
}

function iconOf(containers: readonly ContainerSummary[], running: readonly ContainerSummary[]): string {
  const hasFailed = ({ state, exitCode = 0 }: ContainerSummary): boolean =>
    (state === 'exited' || state === 'dead' || state === 'restarting') && exitCode !== 0;
  if (containers.some(hasFailed)) return 'error';
  if (running.some(({ health }) => health === 'unhealthy')) return 'warning';
  if (running.length > 0) return 'play';
  const areDone = containers.every(({ state, exitCode }) => state === 'exited' && exitCode === 0);
  return areDone ? 'pass' : 'circle-outline';
}

function publishedPorts({ ports }: ContainerSummary): number[] {
  return ports.flatMap(({ protocol, host }) => (protocol === 'tcp' && host !== undefined ? [host.port] : []));
}
