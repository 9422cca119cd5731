import { type Reference } from '../../image/reference.js';

/** The key under which docker keeps the sign-in for Docker Hub, whichever of its names is used. */
const hubKey = 'https://index.docker.io/v1/';
/** Where Docker Hub answers. */
const hubHost = 'registry-1.docker.io';
const hubNames: ReadonlySet<string> = new Set([hubHost, 'docker.io', 'index.docker.io', 'registry.hub.docker.com']);

/**
 * What docker keeps a registry's sign-in under: the host with its port, or Docker Hub's key.
 *
 * @param address a host, or a URL as in docker's configuration (`https://ghcr.io/v1/`)
 */
export function serverKey(address: string): string {
  const host = address
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/s, '')
    .toLowerCase();
  return hubNames.has(host) ? hubKey : host;
}

/** The host that a reference's domain means; Docker Hub's for none. */
export function registryHost(domain: string | undefined): string {
  const host = domain?.toLowerCase() ?? hubHost;
  return hubNames.has(host) ? hubHost : host;
}

/** A repository as a registry knows it. */
export interface Repository {
  host: string;
  path: string;
}

/** The repository that a reference means, with Docker Hub's `library/` where a person leaves it out. */
export function repositoryOf({ domain, path }: Reference): Repository {
  const host = registryHost(domain);
  return { host, path: host === hubHost && !path.includes('/') ? `library/${path}` : path };
}

/** Whether the host, with or without a port, is this machine by its very name: no lookup can lead elsewhere. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}
