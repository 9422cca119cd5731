import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A wheel of the index. */
export interface Wheel {
  /** `tinystat-1.2.0-py3-none-any.whl` */
  file: string;
  content: Buffer;
}

/** What builds get packages by, where containers have no network of their own. */
export interface PackageProxy {
  /** For the build argument `http_proxy`, seen from containers of the engine. */
  proxy: string;
  /** For pip's `index-url`. */
  index: string;
  /** Addresses that were asked for, in order. */
  asked: string[];
  dispose: () => Promise<void>;
}

/**
 * Serves containers of an engine that reaches this machine at an address: as an HTTP proxy what Debian's mirror has (of an archive
 * of days gone by today's state, since this machine reaches no other), and as a package index the wheels given.
 *
 * @param host this machine, seen from the engine
 */
export async function startPackageProxy(host: string, wheels: readonly Wheel[]): Promise<PackageProxy> {
  const asked: string[] = [];
  const server = createServer((asking, answer) => {
    const url = asking.url ?? '';
    asked.push(url);
    if (url.startsWith('/simple/')) serveIndex(url, wheels, answer);
    else if (url.startsWith('http://')) forwardToMirror(asking, answer);
    else answer.writeHead(404).end();
  });
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    proxy: `http://${host}:${port}`,
    index: `http://${host}:${port}/simple/`,
    asked,
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `snapshot.debian.org/archive/debian/20261126T000000Z/…` is `deb.debian.org/debian/…`. */
export function mirrorUrl(url: string): string {
  return url.replace(
    /^http:\/\/snapshot\.debian\.org\/archive\/([a-z-]+)\/\d{8}T\d{6}Z\//,
    'http://deb.debian.org/$1/',
  );
}

function forwardToMirror(asking: IncomingMessage, answer: ServerResponse): void {
  const url = new URL(mirrorUrl(asking.url ?? ''));
  const headers = { ...asking.headers, host: url.host };
  const far = request(url, { method: asking.method, headers }, (found) => {
    answer.writeHead(found.statusCode ?? 502, found.headers);
    found.pipe(answer);
  });
  far.on('error', () => answer.writeHead(502).end());
  asking.pipe(far);
}

/** The simple repository API (https://packaging.python.org/en/latest/specifications/simple-repository-api/). */
function serveIndex(url: string, wheels: readonly Wheel[], answer: ServerResponse): void {
  const [, project = '', file = ''] = /^\/simple\/([^/]+)\/([^/]*)$/.exec(url) ?? [];
  const found = wheels.filter((wheel) => wheel.file.startsWith(`${project.replaceAll('-', '_')}-`));
  const wanted = found.find((wheel) => wheel.file === file);
  if (wanted !== undefined) {
    answer.writeHead(200, { 'content-type': 'application/octet-stream' }).end(wanted.content);
  } else if (file === '' && found.length > 0) {
    const links = found.map(({ file: name, content }) => {
      const hash = createHash('sha256').update(content).digest('hex');
      return `<a href="${name}#sha256=${hash}">${name}</a>`;
    });
    answer
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
  } else answer.writeHead(404).end();
}
