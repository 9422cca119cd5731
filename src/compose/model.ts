import { type FileResource, type Network, type SecretSource, type Volume } from './declarations.js';
import { type Place } from './place.js';

/**
 * An application as its compose files describe it (https://github.com/compose-spec/compose-spec): merged, interpolated, with
 * all short forms written out, all paths absolute, and the values of variables and of their files put in.
 */
export interface ComposeProject {
  /** Lower case letters, digits, `-` and `_`. */
  name: string;
  /** Absolute path of the folder that relative paths start from. */
  folder: string;
  /** Absolute paths of the files that were given, in the order in which each overrides the ones before. */
  files: readonly string[];
  /** Those that are active, in no order of dependency. */
  services: readonly Service[];
  /** Those that no active profile has, or that nobody asked for. */
  inactive: readonly InactiveService[];
  /** The ones that active services use, as all that follow. */
  networks: readonly Network[];
  volumes: readonly Volume[];
  secrets: readonly FileResource[];
  configs: readonly FileResource[];
}

export interface InactiveService {
  name: string;
  reason: 'profile' | 'not-selected';
  /** Any of these makes it active. */
  profiles: readonly string[];
  place: Place;
}

/** What is undefined or empty is left to the image and the engine. Sizes are in bytes, durations in nanoseconds. */
export interface Service {
  name: string;
  /** Of its name. */
  place: Place;
  /** Of each key that the files give it, as written there: `depends_on`. */
  places: ReadonlyMap<string, Place>;
  /** How many containers it has. */
  replicas: number;
  profiles: readonly string[];

  image: string | undefined;
  build: Build | undefined;
  pullPolicy: PullPolicy | undefined;
  platform: string | undefined;

  containerName: string | undefined;
  hostname: string | undefined;
  domainname: string | undefined;
  /** An empty list takes away what the image says, as for `entrypoint`. */
  command: readonly string[] | undefined;
  entrypoint: readonly string[] | undefined;
  workingDir: string | undefined;
  user: string | undefined;
  groupAdd: readonly string[];
  /** Those of `env_file` included. A name without a value takes the image's variable away. */
  environment: ReadonlyMap<string, string | undefined>;
  /** Those of `label_file` included. */
  labels: ReadonlyMap<string, string>;
  annotations: ReadonlyMap<string, string>;

  /** All are active; those of `links` and of shared namespaces are among them. */
  dependsOn: readonly Dependency[];
  healthcheck: Healthcheck | undefined;
  restart: Restart | undefined;
  stopSignal: string | undefined;
  stopGracePeriod: number | undefined;
  init: boolean | undefined;
  tty: boolean;
  stdinOpen: boolean;
  /** Whether its output is among what `up` shows. */
  attach: boolean;
  logging: Logging | undefined;

  /** A range of container ports stands here as one port for each of them. */
  ports: readonly Port[];
  /** Ports that are open to other containers only: `80`, `80-90`, `53/udp`. */
  expose: readonly string[];
  /** Empty only where there is a `networkMode`. The one with the highest priority comes first. */
  networks: readonly ServiceNetwork[];
  networkMode: Namespace | undefined;
  /** Other names, for this service only, of services; those are among `dependsOn`, too. */
  links: readonly { service: string; alias: string }[];
  macAddress: string | undefined;
  dns: readonly string[];
  dnsOptions: readonly string[];
  dnsSearch: readonly string[];
  /** A host may be there more than once. */
  extraHosts: readonly { host: string; address: string }[];

  /** No two have the same target, nor one that `tmpfs` has. */
  mounts: readonly Mount[];
  /** Options, such as `size=64m,mode=1777` or none, by target. */
  tmpfs: ReadonlyMap<string, string>;
  secrets: readonly Grant[];
  configs: readonly Grant[];
  readOnly: boolean;
  shmSize: number | undefined;
  storageOptions: ReadonlyMap<string, string>;

  privileged: boolean;
  capAdd: readonly string[];
  capDrop: readonly string[];
  securityOpt: readonly string[];
  devices: readonly Device[];
  deviceCgroupRules: readonly string[];
  sysctls: ReadonlyMap<string, string>;
  ulimits: readonly { name: string; soft: number; hard: number }[];
  pid: Namespace | undefined;
  ipc: Namespace | undefined;
  /** `host` */
  uts: string | undefined;
  userNamespace: string | undefined;
  /** `host` or `private` */
  cgroup: string | undefined;
  cgroupParent: string | undefined;
  runtime: string | undefined;

  resources: Resources;
  /** Those of `gpus` and of `deploy.resources.reservations.devices`. */
  deviceRequests: readonly DeviceRequest[];
}

export interface Build {
  /** Absolute path. */
  context: string;
  dockerfile: { kind: 'file'; /** Absolute path. */ file: string } | { kind: 'inline'; content: string };
  args: ReadonlyMap<string, string>;
  target: string | undefined;
  /** The engine's own where empty. */
  platforms: readonly string[];
  labels: ReadonlyMap<string, string>;
  /** References that the image gets besides the service's. */
  tags: readonly string[];
  /** By the identifier that `RUN --mount=type=secret` names. */
  secrets: ReadonlyMap<string, SecretSource>;
  noCache: boolean;
  place: Place;
}

/** What Compose does about an image before it creates a container; `refresh` pulls one that is older, in nanoseconds. */
export type PullPolicy =
  { kind: 'always' } | { kind: 'never' } | { kind: 'missing' } | { kind: 'build' } | { kind: 'refresh'; after: number };

export interface Dependency {
  service: string;
  condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  /** Whether the service that depends may not start without it. */
  required: boolean;
  /** Whether the service that depends is restarted after it. */
  restart: boolean;
}

export type Healthcheck =
  | { kind: 'none' }
  | {
      kind: 'check';
      /** The engine's form, `CMD` or `CMD-SHELL` first; the image's own test where undefined. */
      test: readonly string[] | undefined;
      interval: number | undefined;
      timeout: number | undefined;
      startPeriod: number | undefined;
      startInterval: number | undefined;
      retries: number | undefined;
    };

export type Restart =
  | { kind: 'no' }
  | { kind: 'always' }
  | { kind: 'unless-stopped' }
  | { kind: 'on-failure'; /** Without an end where undefined. */ attempts: number | undefined };

export interface Logging {
  driver: string | undefined;
  options: ReadonlyMap<string, string>;
}

export interface Port {
  target: number;
  /** A port or a range of them, of which the engine takes a free one; any free port where undefined. */
  published: string | undefined;
  hostIp: string | undefined;
  protocol: string;
  name: string | undefined;
  appProtocol: string | undefined;
  place: Place;
}

export interface ServiceNetwork {
  /** Key of a network of the project. */
  network: string;
  aliases: readonly string[];
  ipv4Address: string | undefined;
  ipv6Address: string | undefined;
  linkLocalIps: readonly string[];
  macAddress: string | undefined;
  driverOptions: ReadonlyMap<string, string>;
  priority: number;
  gatewayPriority: number | undefined;
  interfaceName: string | undefined;
}

/** Another service's, another container's, or one that the engine knows by `mode`: `host`, `none`, `private`. */
export type Namespace =
  { kind: 'service'; service: string } | { kind: 'container'; container: string } | { kind: 'engine'; mode: string };

/** `target` is an absolute path in the container. */
export type Mount = { target: string; readOnly: boolean; place: Place } & (
  | {
      kind: 'bind';
      /** Absolute path on the host. */
      source: string;
      /** Whether a folder is made there where nothing is. */
      createHostPath: boolean;
      propagation: string | undefined;
      /** `z`, shared by containers, or `Z`. */
      selinux: 'z' | 'Z' | undefined;
    }
  | {
      kind: 'volume';
      /** Key of a volume of the project; an anonymous volume where undefined. */
      source: string | undefined;
      /** Whether the volume stays empty of the files that the image has there. */
      noCopy: boolean;
      subpath: string | undefined;
      labels: ReadonlyMap<string, string>;
      /** As that of a bind mount. */
      selinux: 'z' | 'Z' | undefined;
    }
  | {
      kind: 'tmpfs';
      /** Without a limit where undefined. */
      size: number | undefined;
      /** Bits of its permissions. */
      mode: number | undefined;
    }
);

/** A secret or config that a service may read, as a file of the container. */
export interface Grant {
  /** Key of a secret or config of the project. */
  source: string;
  /** Absolute path in the container. */
  target: string;
  uid: string | undefined;
  gid: string | undefined;
  /** Bits of its permissions. */
  mode: number | undefined;
  place: Place;
}

export type Device =
  | { kind: 'path'; source: string; target: string; permissions: string }
  /** Qualified name of the Container Device Interface: `vendor.com/class=name`. */
  | { kind: 'cdi'; name: string };

export interface DeviceRequest {
  driver: string | undefined;
  /** Not set where there are identifiers. */
  count: number | 'all' | undefined;
  deviceIds: readonly string[];
  /** All of which a device has to have. */
  capabilities: readonly string[];
  options: ReadonlyMap<string, string>;
}

/** Limits of each container, those of `deploy.resources` included. */
export interface Resources {
  /** Processors, of which there may be a part. */
  cpus: number | undefined;
  cpuShares: number | undefined;
  /** Microseconds, as `cpuPeriod`. */
  cpuQuota: number | undefined;
  cpuPeriod: number | undefined;
  cpuSet: string | undefined;
  memory: number | undefined;
  memoryReservation: number | undefined;
  /** Memory and swap together; -1 for no limit. */
  memorySwap: number | undefined;
  memorySwappiness: number | undefined;
  /** -1 for no limit. */
  pids: number | undefined;
  oomKillDisable: boolean;
  oomScoreAdjustment: number | undefined;
}
