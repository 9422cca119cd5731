/** How an engine is reached. */
export type Address =
  | { kind: 'socket'; path: string }
  | { kind: 'tcp'; hostname: string; port: number; tls: TlsSettings | undefined }
  | { kind: 'ssh'; target: SshTarget };

/** Absolute paths of a client's TLS material, as a docker context keeps it; what is not there is left out. */
export interface TlsSettings {
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  /** Whether the engine's certificate is checked. */
  verify: boolean;
}

/** A host as `ssh` knows it, and the engine's socket on it. */
export interface SshTarget {
  user: string | undefined;
  hostname: string;
  port: number | undefined;
  /** Absolute path on that host; undefined for its usual place. */
  socket: string | undefined;
}

export type EndpointSource = 'setting' | 'environment' | 'current-context' | 'well-known' | 'context';

/** A place where an engine may be listening. */
export interface Endpoint {
  /** Short and unlike all others: `Docker Desktop`, `Context “lab”`. */
  name: string;
  /** As in DOCKER_HOST: `unix:///var/run/docker.sock`. */
  host: string;
  /** Where the endpoint was read from. */
  source: EndpointSource;
  address: Address | { kind: 'unsupported'; why: string };
}

type Located = Pick<Endpoint, 'host' | 'address'>;

/**
 * Reads a host as DOCKER_HOST spells it: `unix://`, `npipe://`, `tcp://`, `http(s)://`, `ssh://[user@]host[:port][/socket]`,
 * a bare path or `host:port`.
 */
export function parseHost(host: string, tls: TlsSettings | undefined): Located {
  const unsupported = (why: string): Located => ({ host, address: { kind: 'unsupported', why } });
  const socket = /^(?:unix|npipe):\/\/(.*)$/.exec(host)?.[1];
  if (socket !== undefined) {
    if (socket === '') return unsupported('the path of the socket is missing');
    return { host, address: { kind: 'socket', path: socket } };
  }
  if (host.startsWith('/')) return { host: `unix://${host}`, address: { kind: 'socket', path: host } };
  if (host.startsWith('ssh://')) return parseSshHost(host);
  const text = host.includes('://') ? host : `tcp://${host}`;
  // What is wrong in an address of HTTP, such as 1.2.3.999, may be right in one of a kind that nobody knows.
  const plainText = text.replace(/^tcp:/, 'http:');
  if (!URL.canParse(plainText)) return unsupported('it is neither a socket nor a URL');
  const url = new URL(plainText);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return unsupported(`“${url.protocol}//” is no way to an engine`);
  }
  const secure = url.protocol === 'https:' || tls !== undefined;
  const port = url.port === '' ? (secure ? 2376 : 2375) : Number(url.port);
  const plain: TlsSettings = { ca: undefined, cert: undefined, key: undefined, verify: true };
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host: text, address: { kind: 'tcp', hostname, port, tls: secure ? (tls ?? plain) : undefined } };
}

function parseSshHost(host: string): Located {
  const unsupported = (why: string): Located => ({ host, address: { kind: 'unsupported', why } });
  if (!URL.canParse(host)) return unsupported('it is not a URL such as ssh://user@host');
  const url = new URL(host);
  if (url.password !== '') return unsupported('a password has no place in an address: ssh asks its agent for a key');
  const user = url.username === '' ? undefined : decoded(url.username);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (hostname === '') return unsupported('the name of the host is missing');
  // ssh would take it for an option.
  if (hostname.startsWith('-') || user?.startsWith('-') === true) return unsupported('no name begins with “-”');
  if (url.search !== '' || url.hash !== '') return unsupported('an ssh address has no “?” and no “#”');
  const socket = url.pathname === '' || url.pathname === '/' ? undefined : decoded(url.pathname);
  const port = url.port === '' ? undefined : Number(url.port);
  return { host, address: { kind: 'ssh', target: { user, hostname, port, socket } } };
}

/** The text itself where its “%” stand for nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
