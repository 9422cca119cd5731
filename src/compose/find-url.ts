import { request } from 'node:http';
import { type ContainerSummary } from '../engine/containers.js';

/** The label of a service that says which path of it a person wants to see: `/al-folio/`. */
const pathLabel = 'org.research-containers.path';

/** How long a port is given to answer once, in milliseconds. */
const patience = 3000;

/**
 * The addresses by which a container's published TCP ports can be looked at, in the order of the ports in it.
 *
 * @param host where the engine publishes ports, seen from here
 * @param path used where the container's label says none
 */
export function addressesOf({ ports, labels }: ContainerSummary, host: string, path: string): string[] {
  const published = ports.flatMap((port) =>
    port.protocol === 'tcp' && port.host !== undefined ? [port.host.port] : [],
  );
  const wanted = labels[pathLabel] ?? path;
  return [...new Set(published)].map((port) => `http://${host}:${port}${wanted.startsWith('/') ? '' : '/'}${wanted}`);
}

/** The first address that answers HTTP, whatever it answers; undefined where none does, as long as it is given. */
export async function firstAnswering(addresses: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  const answers = await Promise.all(addresses.map((address) => answersHttp(address, signal)));
  return addresses.find((_, at) => answers[at] === true);
}

function answersHttp(address: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(address, { method: 'GET', signal, timeout: patience, agent: false }, (answer) => {
      answer.destroy();
      resolve(true);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => {
      resolve(false);
    });
    asking.end();
  });
}
