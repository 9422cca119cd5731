import { serverKey } from './registry-host.js';

/** How a person is known to a registry. Never logged. */
export type RegistryCredentials =
  { kind: 'password'; username: string; password: string } | { kind: 'identity-token'; token: string };

/**
 * Asked with a registry's host as BuildKit and references write it (`registry-1.docker.io`, `ghcr.io`,
 * `localhost:5000`), and answers for that host alone; undefined is anonymous access. Rejects `cancelled`.
 */
export type RegistryCredentialsFor = (host: string, signal: AbortSignal) => Promise<RegistryCredentials | undefined>;

/** Told why there are no credentials where there could be some. Holds no secret: it may be logged. */
export type OnCredentialsProblem = (problem: string) => void;

/** The credentials of the first source that has some for the host. */
export function firstCredentials(...sources: readonly RegistryCredentialsFor[]): RegistryCredentialsFor {
  return async (host, signal) => {
    for (const source of sources) {
      const credentials = await source(host, signal);
      if (credentials !== undefined) return credentials;
    }
    return undefined;
  };
}

/**
 * The value of `X-Registry-Auth`, by which the engine signs in to a registry (Docker Engine API, “Authentication”).
 *
 * @param credentials undefined for anonymous access, which a push has to say
 * @param host of the registry
 */
export function registryAuthHeader(credentials: RegistryCredentials | undefined, host: string): string {
  const serveraddress = serverKey(host);
  const content =
    credentials === undefined
      ? {}
      : credentials.kind === 'password'
        ? { username: credentials.username, password: credentials.password, serveraddress }
        : { identitytoken: credentials.token, serveraddress };
  // URL-safe, but padded: Engine 20.10 does not take Node's own base64url.
  return Buffer.from(JSON.stringify(content)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
