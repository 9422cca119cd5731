import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import * as v from 'valibot';
import { parseJson } from './json.js';

/** How an engine is reached. */
export type Address =
  { kind: 'socket'; path: string } | { kind: 'tcp'; hostname: string; port: number; tls: TlsFiles | undefined };

/** Absolute paths of a client's TLS material, as a docker context keeps it. */
export interface TlsFiles {
  ca: string;
  cert: string;
  key: string;
}

/** A place where an engine may be listening. */
export interface Endpoint {
  /** Short name for lists: `Docker Desktop`, `context "lab"`. */
  name: string;
  /** As in DOCKER_HOST: `unix:///var/run/docker.sock`. */
  host: string;
  /** Where the endpoint was read from. */
  source: 'setting' | 'environment' | 'context' | 'well-known';
  address: Address | { kind: 'unsupported'; why: string };
}

/** All that discovery depends on; nothing else is looked at. */
export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** The setting `researchContainers.engine.host`; empty for automatic discovery. */
  setting: string;
  /** The text of a file, or undefined when it cannot be read. */
  readFile: (path: string) => string | undefined;
}

const dockerConfig = v.object({ currentContext: v.optional(v.string()) });
const contextMeta = v.object({
  Endpoints: v.object({ docker: v.object({ Host: v.string() }) }),
});

/**
 * The endpoints to try, best first: setting, `DOCKER_HOST`, the current docker context, then the sockets where Docker
 * Engine, Docker Desktop, OrbStack, Rancher Desktop, Colima, rootless Docker and Podman listen. A setting or
 * `DOCKER_HOST` is an explicit choice: nothing else is tried then.
 */
export function discoverEndpoints(surroundings: Surroundings): Endpoint[] {
  const { setting, environment } = surroundings;
  if (setting.trim() !== '') return [{ name: 'Setting', ...parseHost(setting.trim(), undefined), source: 'setting' }];
  const dockerHost = environment['DOCKER_HOST'];
  if (dockerHost !== undefined && dockerHost !== '') {
    return [{ name: 'DOCKER_HOST', ...parseHost(dockerHost, environmentTls(surroundings)), source: 'environment' }];
  }
  const found = [...contextEndpoint(surroundings), ...wellKnownEndpoints(surroundings)];
  return found.filter((endpoint, index) => found.findIndex((other) => other.host === endpoint.host) === index);
}

/** Reads a host as DOCKER_HOST spells it (`unix://`, `npipe://`, `tcp://`, `http(s)://`, a bare `host:port`). */
export function parseHost(host: string, tls: TlsFiles | undefined): Pick<Endpoint, 'host' | 'address'> {
  const unsupported = (why: string): Pick<Endpoint, 'host' | 'address'> => ({
    host,
    address: { kind: 'unsupported', why },
  });
  const socket = /^(?:unix|npipe):\/\/(.*)$/.exec(host)?.[1];
  if (socket !== undefined) {
    if (socket === '') return unsupported('the path of the socket is missing');
    return { host, address: { kind: 'socket', path: socket } };
  }
  if (host.startsWith('/')) return { host: `unix://${host}`, address: { kind: 'socket', path: host } };
  const text = host.includes('://') ? host : `tcp://${host}`;
  if (!URL.canParse(text)) return unsupported('it is neither a socket nor a URL');
  const url = new URL(text.replace(/^tcp:/, 'http:'));
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return unsupported(`“${url.protocol}//” is not supported yet`);
  }
  const secure = url.protocol === 'https:' || tls !== undefined;
  const port = url.port === '' ? (secure ? 2376 : 2375) : Number(url.port);
  return { host: text, address: { kind: 'tcp', hostname: url.hostname, port, tls: secure ? tls : undefined } };
}

function environmentTls({ environment, platform }: Surroundings): TlsFiles | undefined {
  const folder = environment['DOCKER_CERT_PATH'];
  if (folder === undefined || folder === '' || (environment['DOCKER_TLS_VERIFY'] ?? '') === '') return undefined;
  return tlsFiles(folder, platform);
}

function tlsFiles(folder: string, platform: NodeJS.Platform): TlsFiles {
  const path = pathsOf(platform);
  return {
    ca: path.join(folder, 'ca.pem'),
    cert: path.join(folder, 'cert.pem'),
    key: path.join(folder, 'key.pem'),
  };
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

/** Docker's own layout: `contexts/meta/<sha256 of the name>/meta.json` and `contexts/tls/<the same>/docker/*.pem`. */
function contextEndpoint(surroundings: Surroundings): Endpoint[] {
  const { environment, homeFolder, platform, readFile } = surroundings;
  const path = pathsOf(platform);
  const folder = environment['DOCKER_CONFIG'] ?? path.join(homeFolder, '.docker');
  const config = parseJson(dockerConfig, readFile(path.join(folder, 'config.json')) ?? '{}');
  const name = environment['DOCKER_CONTEXT'] ?? config?.currentContext;
  if (name === undefined || name === '' || name === 'default') return [];
  const id = createHash('sha256').update(name).digest('hex');
  const meta = parseJson(contextMeta, readFile(path.join(folder, 'contexts', 'meta', id, 'meta.json')) ?? '');
  const label = `Context “${name}”`;
  if (meta === undefined) {
    return [
      {
        name: label,
        host: '',
        source: 'context',
        address: { kind: 'unsupported', why: 'the docker context does not exist' },
      },
    ];
  }
  const tls = tlsFiles(path.join(folder, 'contexts', 'tls', id, 'docker'), platform);
  const hasTls = readFile(tls.cert) !== undefined;
  return [{ name: label, ...parseHost(meta.Endpoints.docker.Host, hasTls ? tls : undefined), source: 'context' }];
}

function wellKnownEndpoints({ platform, environment, homeFolder }: Surroundings): Endpoint[] {
  const known = (name: string, path: string): Endpoint => ({
    name,
    host: platform === 'win32' ? `npipe://${path}` : `unix://${path}`,
    source: 'well-known',
    address: { kind: 'socket', path },
  });
  if (platform === 'win32') {
    return [
      known('Docker Desktop', '//./pipe/dockerDesktopLinuxEngine'),
      known('Docker Engine', '//./pipe/docker_engine'),
    ];
  }
  const home = (path: string): string => posix.join(homeFolder, path);
  const runtime = environment['XDG_RUNTIME_DIR'];
  return [
    known('Docker Engine', '/var/run/docker.sock'),
    known('Docker Desktop', home('.docker/run/docker.sock')),
    known('Docker Desktop', home('.docker/desktop/docker.sock')),
    known('OrbStack', home('.orbstack/run/docker.sock')),
    known('Rancher Desktop', home('.rd/docker.sock')),
    known('Colima', home('.colima/default/docker.sock')),
    ...(runtime === undefined
      ? []
      : [
          known('Rootless Docker', posix.join(runtime, 'docker.sock')),
          known('Podman', posix.join(runtime, 'podman/podman.sock')),
        ]),
  ];
}
