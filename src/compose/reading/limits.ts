import { type DeviceRequest, type Resources, type Restart } from '../model.js';
import { type Fields, type Unsupported } from './fields.js';

/** What `deploy` says that has a meaning without a swarm. */
export interface Deployment {
  replicas: number | undefined;
  cpus: number | undefined;
  memory: number | undefined;
  pids: number | undefined;
  memoryReservation: number | undefined;
  devices: readonly DeviceRequest[];
  restart: Restart | undefined;
}

const swarmOnly = { severity: 'no-effect', message: 'This has a meaning for a swarm only.' } as const;

const deployKeys: Unsupported = {
  endpoint_mode: swarmOnly,
  labels: swarmOnly,
  placement: swarmOnly,
  rollback_config: swarmOnly,
  update_config: swarmOnly,
};

export function readDeployment(service: Fields): Deployment {
  const deploy = service.nullable('deploy');
  const fields = deploy?.kind === 'scalar' && deploy.value === null ? undefined : service.fields('deploy');
  if (fields?.has('mode') === true && fields.textual('mode') !== 'replicated') {
    service.problems.noEffect(fields.placeOf('mode'), swarmOnly.message);
  }
  const resources = fields?.fields('resources');
  const limits = resources?.fields('limits');
  const reservations = resources?.fields('reservations');
  const policy = fields?.fields('restart_policy');
  const deployment = {
    replicas: fields?.number('replicas', { least: 0 }),
    cpus: limits?.number('cpus', { least: 0, whole: false }),
    memory: limits?.size('memory'),
    pids: limits?.number('pids'),
    memoryReservation: reservations?.size('memory'),
    devices: reservations === undefined ? [] : readDeviceRequests(reservations, 'devices'),
    restart: policy === undefined ? undefined : readRestartPolicy(policy),
  };
  limits?.finish();
  reservations?.finish({ cpus: swarmOnly, generic_resources: swarmOnly });
  resources?.finish();
  fields?.finish(deployKeys);
  return deployment;
}

function readRestartPolicy(policy: Fields): Restart | undefined {
  const condition = policy.oneOf('condition', ['none', 'no', 'on-failure', 'any', 'always', 'unless-stopped']);
  const attempts = policy.number('max_attempts', { least: 0 });
  policy.finish({ delay: swarmOnly, window: swarmOnly });
  if (attempts !== undefined && condition !== 'on-failure') {
    policy.problems.noEffect(policy.placeOf('max_attempts'), 'Attempts count only with “condition: on-failure”.');
  }
  switch (condition) {
    case undefined:
      return undefined;
    case 'none':
    case 'no':
      return { kind: 'no' };
    case 'any':
    case 'always':
      return { kind: 'always' };
    case 'unless-stopped':
      return { kind: 'unless-stopped' };
    case 'on-failure':
      return { kind: 'on-failure', attempts };
  }
}

/** @param key of a list of requests for devices */
export function readDeviceRequests(fields: Fields, key: string): DeviceRequest[] {
  const isGpus = key === 'gpus';
  return fields.fieldsOfItems(key).map((request) => {
    const capabilities = request.texts('capabilities');
    const count = request.textual('count');
    const deviceIds = request.texts('device_ids');
    const isCounted = count !== undefined && /^(?:all|-1|\d+)$/i.test(count);
    const read: DeviceRequest = {
      driver: request.text('driver'),
      count: isCounted ? (/^\d/.test(count) ? Number(count) : 'all') : deviceIds.length === 0 ? 'all' : undefined,
      deviceIds,
      capabilities: isGpus && !capabilities.includes('gpu') ? [...capabilities, 'gpu'] : capabilities,
      options: request.pairs('options'),
    };
    request.finish();
    if (count !== undefined && !isCounted) {
      const message = `“count” is a number or “all”, and this is “${count}”.`;
      request.problems.error(request.placeOf('count'), 'value', message, 'Write “count: 1” or “count: all”.');
    }
    if (count !== undefined && deviceIds.length > 0) {
      const message = '“count” and “device_ids” exclude each other.';
      request.problems.error(request.placeOf('count'), 'conflict', message, 'Take one of them out.');
    }
    if (!isGpus && capabilities.length === 0) {
      const message = 'A request for devices says what they have to be capable of.';
      request.problems.error(request.place, 'missing-key', message, 'Write “capabilities: [gpu]” for GPUs.');
    }
    return read;
  });
}

/** The limits of a service, those of its `deploy` included. */
export function readResources(fields: Fields, deployment: Deployment): Resources {
  const cpus = fields.number('cpus', { least: 0, whole: false });
  const memory = fields.size('mem_limit');
  const memoryReservation = fields.size('mem_reservation');
  const pids = fields.number('pids_limit', { least: -1 });
  requireSame(fields, 'cpus', cpus, 'limits.cpus', deployment.cpus);
  requireSame(fields, 'mem_limit', memory, 'limits.memory', deployment.memory);
  requireSame(fields, 'mem_reservation', memoryReservation, 'reservations.memory', deployment.memoryReservation);
  requireSame(fields, 'pids_limit', pids, 'limits.pids', deployment.pids);
  return {
    cpus: deployment.cpus ?? cpus,
    cpuShares: fields.number('cpu_shares', { least: 0 }),
    cpuQuota: fields.number('cpu_quota'),
    cpuPeriod: fields.number('cpu_period', { least: 0 }),
    cpuSet: fields.text('cpuset'),
    memory: deployment.memory ?? memory,
    memoryReservation: deployment.memoryReservation ?? memoryReservation,
    memorySwap: fields.size('memswap_limit'),
    memorySwappiness: fields.number('mem_swappiness', { least: 0, most: 100 }),
    pids: deployment.pids ?? pids,
    oomKillDisable: fields.boolean('oom_kill_disable') ?? false,
    oomScoreAdjustment: fields.number('oom_score_adj', { least: -1000, most: 1000 }),
  };
}

function requireSame(
  fields: Fields,
  key: string,
  own: number | undefined,
  deployKey: string,
  deployed: number | undefined,
): void {
  if (own === undefined || deployed === undefined || own === deployed) return;
  const message = `“${key}” and “deploy.resources.${deployKey}” say different things.`;
  fields.problems.error(fields.placeOf(key), 'conflict', message, 'Take one of them out, or make them the same.');
}
