import { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { readAnswer, texts } from './answer.js';
import { type EngineConnection } from './connection.js';

const versionAnswer = v.object({ Version: v.string(), Os: v.string(), Arch: v.string() });

const infoAnswer = v.object({
  DriverStatus: v.nullish(v.array(v.tuple([v.string(), v.string()])), []),
  ID: v.optional(v.string()),
  NCPU: v.optional(v.number()),
  MemTotal: v.optional(v.number()),
  OperatingSystem: v.optional(v.string()),
  SecurityOptions: texts,
  RegistryConfig: v.nullish(
    v.object({
      IndexConfigs: v.nullish(v.record(v.string(), v.object({ Secure: v.optional(v.boolean(), true) })), {}),
      InsecureRegistryCIDRs: v.nullish(v.array(v.string()), []),
    }),
  ),
});

/** What an engine says of itself. */
export interface EngineInfo {
  /** What tells it from any other; Podman makes up another one each time. */
  id: string | undefined;
  version: string;
  /** The engine's own platform, `linux/amd64`. */
  platform: string;
  operatingSystem: string;
  /** The containerd image store identifies an image by its manifest, the classic stores by its configuration. */
  store: 'classic' | 'containerd';
  cores: number | undefined;
  /** Bytes. */
  memory: number | undefined;
  /**
   * Who owns on the host what a container's root writes: `root`, the user that the engine runs as (`rootless`), one of a
   * range that was set aside (`mapped`), or whoever shares the folder with a virtual machine (`shared`).
   */
  rootIs: 'root' | 'rootless' | 'mapped' | 'shared';
  /** Whether the engine may speak to a registry's host (`10.0.0.5:5000`) without TLS. */
  isInsecure(host: string): boolean;
}

/** Asks an engine what it is; rejects when it cannot be reached. */
export async function engineInfo(connection: EngineConnection, signal?: AbortSignal): Promise<EngineInfo> {
  const [version, info] = await Promise.all([
    connection.request({ method: 'GET', path: '/version', signal }).then((answer) => readAnswer(versionAnswer, answer)),
    connection.request({ method: 'GET', path: '/info', signal }).then((answer) => readAnswer(infoAnswer, answer)),
  ]);
  const driverType = info.DriverStatus.find(([key]) => key === 'driver-type')?.[1];
  return {
    id: info.ID,
    version: version.Version,
    platform: `${version.Os}/${version.Arch}`,
    operatingSystem: info.OperatingSystem ?? version.Os,
    store: driverType?.startsWith('io.containerd.snapshotter') === true ? 'containerd' : 'classic',
    cores: info.NCPU,
    memory: info.MemTotal,
    rootIs: rootOf(info.SecurityOptions, info.OperatingSystem),
    isInsecure: (host) => isInsecure(host, info.RegistryConfig),
  };
}

function rootOf(securityOptions: readonly string[], operatingSystem: string | undefined): EngineInfo['rootIs'] {
  const has = (name: string): boolean => securityOptions.some((option) => option.split(',').includes(`name=${name}`));
  if (operatingSystem === 'Docker Desktop') return 'shared';
  if (has('rootless')) return 'rootless';
  return has('userns') ? 'mapped' : 'root';
}

function isInsecure(host: string, config: v.InferOutput<typeof infoAnswer>['RegistryConfig']): boolean {
  if (config === undefined || config === null) return false;
  if (config.IndexConfigs[host]?.Secure === false) return true;
  const name = host.replace(/:\d+$/, '');
  if (isIP(name) !== 4) return false;
  const list = new BlockList();
  for (const [network, bits] of config.InsecureRegistryCIDRs.map((range) => range.split('/'))) {
    if (network !== undefined && isIP(network) === 4) list.addSubnet(network, Number(bits));
  }
  return list.check(name);
}

/** What an engine says of itself with every answer. */
export interface EngineIdentity {
  /** `Docker Engine`, `Podman`. */
  product: string;
  version: string;
  apiVersion: string;
  /** By the engine's clock, in milliseconds since 1970 and exact to the second; undefined where it does not say. */
  time: number | undefined;
}

/** What is asked of an engine is there since API 1.40, Docker 19.03. */
const oldestMinor = 40;

/**
 * Asks an engine, in one request, what it is. Rejects with the reason where none answers, where what answers is no
 * engine (`engine-unreachable`), and with `engine-too-old` and `engine-windows-containers`.
 */
export async function identify(connection: EngineConnection, signal?: AbortSignal): Promise<EngineIdentity> {
  const answer = await connection.stream({ method: 'GET', path: '/_ping', signal });
  answer.resume();
  const headers = answer instanceof IncomingMessage ? answer.headers : {};
  const header = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  const { host } = connection.endpoint;
  const apiVersion = header('api-version');
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(apiVersion) ?? [];
  if (major === undefined || minor === undefined) {
    throw new Failure(
      'engine-unreachable',
      `What answers at ${host} is no container engine.`,
      'Check the address, or choose another engine with “Select Engine”.',
    );
  }
  const [, software = '', version = ''] = /^([^/\s]+)\/(\S+)/.exec(header('server')) ?? [];
  const product = software === 'Libpod' ? 'Podman' : 'Docker Engine';
  if (Number(major) === 1 && Number(minor) < oldestMinor) {
    throw new Failure(
      'engine-too-old',
      `The engine at ${host} is too old: ${product} ${version} with API ${apiVersion}.`,
      'Update it: Docker Engine 20.10 or newer is needed.',
    );
  }
  if (header('ostype') === 'windows') {
    throw new Failure(
      'engine-windows-containers',
      `The engine at ${host} runs Windows containers.`,
      'Choose “Switch to Linux containers…” in the menu of Docker Desktop: research images are Linux images.',
    );
  }
  const time = Date.parse(header('date'));
  return { product, version, apiVersion, time: Number.isNaN(time) ? undefined : time };
}
