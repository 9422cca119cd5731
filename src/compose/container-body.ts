import { given, list, map } from './body-parts.js';
import { type ContainerContext } from './container-context.js';
import { mountsOf } from './container-mounts.js';
import {
  type ComposeProject,
  type DeviceRequest,
  type Namespace,
  type Port,
  type Service,
  type ServiceNetwork,
} from './model.js';

/** What the engine is told: the body of `POST /containers/create`, and the networks that it is connected to after that. */
export interface ContainerBody {
  name: string;
  body: object;
  connectLater: readonly { network: string; settings: object }[];
}

/** `application-service-1`, or the name that the file gives. */
export function containerName(project: ComposeProject, service: Service, number: number): string {
  return service.containerName ?? `${project.name}-${service.name}-${number}`;
}

/** What a service's image is called where only `build` says how it comes about. */
export function imageName(project: ComposeProject, service: Service): string {
  return service.image ?? `${project.name}-${service.name}`;
}

/**
 * Says a service in the engine's words, as the compose CLI does, so that it does not matter which of the two has made a
 * container. Pure: the same service and context have the same body.
 */
export function containerBody(service: Service, context: ContainerContext): ContainerBody {
  const { project, number, image, labels, takesNetworks } = context;
  const networks = endpointsOf(service, context);
  const [first, ...others] = networks;
  const now = takesNetworks ? networks : networks.slice(0, 1);
  const ports = service.ports.map((port) => portKey(port));
  return {
    name: containerName(project, service, number),
    body: {
      Image: image,
      Labels: labels,
      AttachStdout: true,
      AttachStderr: true,
      Tty: service.tty,
      OpenStdin: service.stdinOpen,
      Env: [...service.environment].map(([name, value]) => (value === undefined ? name : `${name}=${value}`)),
      ExposedPorts: Object.fromEntries([...ports, ...service.expose.flatMap(exposed)].map((port) => [port, {}])),
      ...given({
        Hostname: service.hostname,
        Domainname: service.domainname,
        User: service.user,
        Cmd: service.command,
        Entrypoint: service.entrypoint,
        WorkingDir: service.workingDir,
        StopSignal: service.stopSignal,
        StopTimeout: service.stopGracePeriod === undefined ? undefined : Math.ceil(service.stopGracePeriod / 1e9),
        Healthcheck: healthcheckOf(service),
        MacAddress: takesNetworks ? undefined : (service.networks[0]?.macAddress ?? service.macAddress),
      }),
      HostConfig: hostConfig(service, context, first?.network),
      NetworkingConfig: {
        EndpointsConfig: Object.fromEntries(now.map(({ network, settings }) => [network, settings])),
      },
    },
    connectLater: takesNetworks ? [] : others,
  };
}

function hostConfig(service: Service, context: ContainerContext, network: string | undefined): object {
  const { resources } = service;
  const mounts = mountsOf(service, context);
  const added = capabilities(service.capAdd);
  const security = service.securityOpt.filter((option) => option !== allPathsOfSystem);
  const paths = security.length === service.securityOpt.length ? undefined : [];
  return {
    Binds: mounts.binds,
    Mounts: mounts.mounts,
    PortBindings: portBindings(service.ports),
    Links: linksOf(service, context),
    ExtraHosts: service.extraHosts.map(({ host, address }) => `${host}:${address}`),
    ...given({
      NetworkMode: service.networkMode === undefined ? network : namespaceOf(service.networkMode, context),
      RestartPolicy: restartPolicy(service),
      Init: service.init,
      Privileged: service.privileged ? true : undefined,
      ReadonlyRootfs: service.readOnly ? true : undefined,
      PidMode: service.pid === undefined ? undefined : namespaceOf(service.pid, context),
      IpcMode: service.ipc === undefined ? undefined : namespaceOf(service.ipc, context),
      UTSMode: service.uts,
      UsernsMode: service.userNamespace,
      CgroupnsMode: service.cgroup,
      CgroupParent: service.cgroupParent,
      Runtime: service.runtime,
      ShmSize: service.shmSize,
      CapAdd: list(added),
      CapDrop: list(capabilities(service.capDrop).filter((name) => !added.includes(name))),
      SecurityOpt: list(security),
      MaskedPaths: paths,
      ReadonlyPaths: paths,
      GroupAdd: list(service.groupAdd),
      Dns: list(service.dns),
      DnsOptions: list(service.dnsOptions),
      DnsSearch: list(service.dnsSearch),
      DeviceCgroupRules: list(service.deviceCgroupRules),
      Devices: list(
        service.devices.flatMap((device) =>
          device.kind === 'path'
            ? [{ PathOnHost: device.source, PathInContainer: device.target, CgroupPermissions: device.permissions }]
            : [],
        ),
      ),
      DeviceRequests: list(deviceRequests(service)),
      Ulimits: list(service.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))),
      Sysctls: map(service.sysctls),
      StorageOpt: map(service.storageOptions),
      Annotations: map(service.annotations),
      Tmpfs: map(service.tmpfs),
      LogConfig:
        service.logging === undefined
          ? undefined
          : { Type: service.logging.driver ?? '', Config: Object.fromEntries(service.logging.options) },
      NanoCpus: resources.cpus === undefined ? undefined : Math.round(resources.cpus * 1e9),
      CpuShares: resources.cpuShares,
      CpuQuota: resources.cpuQuota,
      CpuPeriod: resources.cpuPeriod,
      CpusetCpus: resources.cpuSet,
      Memory: resources.memory,
      MemoryReservation: resources.memoryReservation,
      MemorySwap: resources.memorySwap,
      MemorySwappiness: resources.memorySwappiness,
      PidsLimit: resources.pids,
      OomKillDisable: resources.oomKillDisable ? true : undefined,
      OomScoreAdj: resources.oomScoreAdjustment,
    }),
  };
}

/** The engine knows it by two lists. */
const allPathsOfSystem = 'systempaths=unconfined';

function endpointsOf(service: Service, context: ContainerContext): { network: string; settings: object }[] {
  const { project, number } = context;
  const links = linksOf(service, context);
  return service.networks.flatMap((each, at) => {
    const network = project.networks.find(({ key }) => key === each.network);
    if (network === undefined) return [];
    const ipam = given({
      IPv4Address: each.ipv4Address,
      IPv6Address: each.ipv6Address,
      LinkLocalIPs: list(each.linkLocalIps),
    });
    const settings = {
      Aliases: [containerName(project, service, number), service.name, ...each.aliases],
      ...given({
        Links: list(links),
        IPAMConfig: Object.keys(ipam).length === 0 ? undefined : ipam,
        MacAddress: each.macAddress ?? (at === 0 ? service.macAddress : undefined),
        DriverOpts: map(endpointOptions(each)),
        GwPriority: each.gatewayPriority,
      }),
    };
    return [{ network: network.name, settings }];
  });
}

/** Each container of a linked service by its name, which stays when another one takes its place, with the names that it gets. */
function linksOf({ links }: Service, { project }: ContainerContext): string[] {
  return links.flatMap(({ service: name, alias }) => {
    const linked = project.services.find((each) => each.name === name);
    const numbers = Array.from({ length: linked?.replicas ?? 0 }, (_, index) => index + 1);
    return numbers.flatMap((each) => {
      const container = linked === undefined ? name : containerName(project, linked, each);
      return [alias, `${name}-${each}`, `${project.name}-${name}-${each}`].map((also) => `${container}:${also}`);
    });
  });
}

/** The name of the interface in the container is an option of the engine's (API 1.49). */
function endpointOptions({ driverOptions, interfaceName }: ServiceNetwork): ReadonlyMap<string, string> {
  if (interfaceName === undefined) return driverOptions;
  return new Map([...driverOptions, ['com.docker.network.endpoint.ifname', interfaceName]]);
}

function portKey({ target, protocol }: Pick<Port, 'target' | 'protocol'>): string {
  return `${target}/${protocol}`;
}

/** `80`, `80-90`, `53/udp` */
function exposed(text: string): string[] {
  const [range = '', protocol = 'tcp'] = text.split('/');
  const [first = '', last = first] = range.split('-');
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => portKey({ target: Number(first) + index, protocol }));
}

function portBindings(ports: readonly Port[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({ HostIp: port.hostIp ?? '', HostPort: port.published ?? '' });
  }
  return bindings;
}

function namespaceOf(namespace: Namespace, context: ContainerContext): string {
  switch (namespace.kind) {
    case 'service':
      return `container:${context.containerOf(namespace.service)}`;
    case 'container':
      return `container:${namespace.container}`;
    case 'engine':
      return namespace.mode;
  }
}

function restartPolicy({ restart }: Service): object | undefined {
  switch (restart?.kind) {
    case undefined:
    case 'no':
      return undefined;
    case 'on-failure':
      return { Name: 'on-failure', MaximumRetryCount: restart.attempts ?? 0 };
    case 'always':
    case 'unless-stopped':
      return { Name: restart.kind };
  }
}

/** Each once, in one spelling; what is added counts over what is dropped. */
function capabilities(names: readonly string[]): string[] {
  const known = names
    .map((name) => name.toUpperCase())
    .map((name) => (/^(?:ALL$|CAP_)/.test(name) ? name : `CAP_${name}`));
  return known.includes('ALL') ? ['ALL'] : [...new Set(known)].sort();
}

function healthcheckOf({ healthcheck }: Service): object | undefined {
  if (healthcheck === undefined) return undefined;
  if (healthcheck.kind === 'none') return { Test: ['NONE'] };
  return given({
    Test: healthcheck.test,
    Interval: healthcheck.interval,
    Timeout: healthcheck.timeout,
    StartPeriod: healthcheck.startPeriod,
    StartInterval: healthcheck.startInterval,
    Retries: healthcheck.retries,
  });
}

function deviceRequests({ deviceRequests: wanted, devices }: Service): object[] {
  const named = devices.flatMap((device) => (device.kind === 'cdi' ? [device.name] : []));
  return [...wanted.map(deviceRequest), ...(named.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: named }])];
}

function deviceRequest({ driver, count, deviceIds, capabilities, options }: DeviceRequest): object {
  return {
    Driver: driver ?? '',
    Count: count === 'all' ? -1 : (count ?? 0),
    DeviceIDs: deviceIds.length === 0 ? null : deviceIds,
    Capabilities: [capabilities],
    Options: options.size === 0 ? null : Object.fromEntries(options),
  };
}
