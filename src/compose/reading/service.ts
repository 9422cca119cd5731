import { type Service } from '../model.js';
import { type Place } from '../place.js';
import {
  readCommand,
  readDevices,
  readHealthcheck,
  readLogging,
  readPullPolicy,
  readRestart,
  readUlimits,
} from './behaviour.js';
import { readBuild } from './build.js';
import { type DeclaredFile } from './declared.js';
import { type PlacedDependency, readDependencies } from './dependencies.js';
import { type Fields, type Unsupported } from './fields.js';
import { readDeployment, readDeviceRequests, readResources } from './limits.js';
import { readGrants, readMounts, readTmpfs } from './mounts.js';
import { readHosts, readLinks, readNamespace, readPorts, readServiceNetworks } from './networking.js';
import { serviceEnvironment, serviceLabels, type Surroundings } from './service-variables.js';

const forWindows = { severity: 'no-effect', message: 'This is for Windows containers.' } as const;
const hook = { severity: 'error', message: 'Commands are not run in a container that starts or stops.' } as const;
const realTime = {
  severity: 'warning',
  message: 'No processor time of the real-time scheduler is set aside.',
} as const;

const unsupported: Unsupported = {
  blkio_config: { severity: 'warning', message: 'What a service reads from and writes to disks is not limited.' },
  cpu_count: forWindows,
  cpu_percent: forWindows,
  cpu_rt_period: realTime,
  cpu_rt_runtime: realTime,
  credential_spec: { severity: 'error', message: 'Credentials of Windows containers are not supported.' },
  develop: { severity: 'warning', message: 'Files are not watched for changes.' },
  external_links: { severity: 'error', message: 'Links to containers of other applications are not supported.' },
  isolation: forWindows,
  models: { severity: 'error', message: 'Language models are not supported.' },
  post_start: hook,
  pre_start: hook,
  pre_stop: hook,
  provider: { severity: 'error', message: 'Services that another program provides are not supported.' },
  pull_refresh_after: { severity: 'no-effect', message: '“pull_policy: every_12h” says how old an image may be.' },
  use_api_socket: { severity: 'error', message: 'The engine’s own socket is not given to services.' },
  volumes_from: { severity: 'error', message: 'Volumes of other services are not mounted as a whole.' },
};

/** A service that knows where the files name what it depends on. */
export type PlacedService = Omit<Service, 'dependsOn'> & { dependsOn: readonly PlacedDependency[] };

/** A service, and where it names others. */
export interface ReadService {
  service: PlacedService;
  placeOfNetwork: (network: string) => Place;
}

/** @param secrets those that the files declare, by key */
export function readService(
  { name, place, fields }: { name: string; place: Place; fields: Fields },
  surroundings: Surroundings,
  secrets: ReadonlyMap<string, DeclaredFile>,
): ReadService {
  const deployment = readDeployment(fields);
  const links = readLinks(fields);
  const namespaces = {
    networkMode: readNamespace(fields, 'network_mode'),
    pid: readNamespace(fields, 'pid'),
    ipc: readNamespace(fields, 'ipc'),
  };
  const build = fields.fields('build');
  const restart = readRestart(fields);
  const scale = fields.number('scale', { least: 0 });
  if (scale !== undefined && deployment.replicas !== undefined && scale !== deployment.replicas) {
    const message = '“scale” and “deploy.replicas” say different things.';
    fields.problems.error(fields.placeOf('scale'), 'conflict', message, 'Take one of them out.');
  }
  // A service that could not be extended still has the key, and another problem says why.
  fields.nullable('extends');
  const service = {
    name,
    place,
    places: fields.placesOfKeys(),
    replicas: scale ?? deployment.replicas ?? 1,
    profiles: fields.texts('profiles'),
    image: fields.text('image'),
    build: build === undefined ? undefined : readBuild(build, surroundings.environment, secrets),
    pullPolicy: readPullPolicy(fields),
    platform: fields.text('platform'),
    containerName: fields.text('container_name'),
    hostname: fields.text('hostname'),
    domainname: fields.text('domainname'),
    command: readCommand(fields, 'command'),
    entrypoint: readCommand(fields, 'entrypoint'),
    workingDir: fields.text('working_dir'),
    user: fields.text('user'),
    groupAdd: fields.textuals('group_add'),
    environment: serviceEnvironment(fields, surroundings),
    labels: serviceLabels(fields, surroundings),
    annotations: fields.pairs('annotations'),
    dependsOn: readDependencies(fields, { links, ...namespaces }),
    healthcheck: readHealthcheck(fields),
    restart: deployment.restart ?? restart,
    stopSignal: fields.text('stop_signal'),
    stopGracePeriod: fields.duration('stop_grace_period'),
    init: fields.boolean('init'),
    tty: fields.boolean('tty') ?? false,
    stdinOpen: fields.boolean('stdin_open') ?? false,
    attach: fields.boolean('attach') ?? true,
    logging: readLogging(fields),
    ports: readPorts(fields),
    expose: fields.textuals('expose'),
    networks: readServiceNetworks(fields),
    ...namespaces,
    links,
    macAddress: fields.text('mac_address'),
    dns: fields.texts('dns').filter((address) => address !== ''),
    dnsOptions: fields.texts('dns_opt'),
    dnsSearch: fields.texts('dns_search'),
    extraHosts: readHosts(fields),
    mounts: readMounts(fields),
    tmpfs: readTmpfs(fields),
    secrets: readGrants(fields, 'secrets', '/run/secrets'),
    configs: readGrants(fields, 'configs', '/'),
    readOnly: fields.boolean('read_only') ?? false,
    shmSize: fields.size('shm_size'),
    storageOptions: fields.pairs('storage_opt'),
    privileged: fields.boolean('privileged') ?? false,
    capAdd: fields.texts('cap_add'),
    capDrop: fields.texts('cap_drop'),
    securityOpt: fields.texts('security_opt'),
    devices: readDevices(fields),
    deviceCgroupRules: fields.texts('device_cgroup_rules'),
    sysctls: fields.pairs('sysctls'),
    ulimits: readUlimits(fields),
    uts: fields.text('uts'),
    userNamespace: fields.text('userns_mode'),
    cgroup: fields.oneOf('cgroup', ['host', 'private']),
    cgroupParent: fields.text('cgroup_parent'),
    runtime: fields.text('runtime'),
    resources: readResources(fields, deployment),
    deviceRequests: [...deployment.devices, ...readDeviceRequests(fields, 'gpus')],
  };
  if (service.places.has('image') && !fields.has('image') && build === undefined) {
    const message = `The “image” of “${name}” is empty.`;
    const remedy = 'Write the name of an image; a variable in it may need a value, or a default: ${NAME:-default}.';
    fields.problems.error(fields.placeOf('image'), 'missing-key', message, remedy);
  }
  fields.finish(unsupported);
  return { service, placeOfNetwork: (network) => fields.placeWithin('networks', network) };
}
