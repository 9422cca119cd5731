import { cancelled } from '../../host/failure.js';
import { askCredentialHelper } from './credential-helper.js';
import { type OnCredentialsProblem, type RegistryCredentialsFor } from './credentials.js';
import { helperFor, readDockerConfig, signInFor } from './docker-config.js';
import { serverKey } from './registry-host.js';

/** Where docker's own client looks for credentials. */
export interface DockerSurroundings {
  /** The folder of `config.json`: DOCKER_CONFIG or `~/.docker`. */
  configFolder: string;
  /** Credential helpers are found by its PATH and run with it. */
  environment: NodeJS.ProcessEnv;
  /** How long a helper, which may ask a person to unlock a keychain, is waited for; a minute unless told. */
  helperMilliseconds?: number;
}

/**
 * The credentials that “docker login” has left: with a helper for this registry (`credHelpers`), with the helper for
 * all (`credsStore`), or in the configuration itself (`auths`). As with docker, a helper that is named is the only one
 * asked. What cannot be had is anonymous access and a problem. The configuration is read anew each time.
 */
export function dockerCredentials(
  { configFolder, environment, helperMilliseconds = 60_000 }: DockerSurroundings,
  onProblem: OnCredentialsProblem = () => undefined,
): RegistryCredentialsFor {
  return async (host, signal) => {
    if (signal.aborted) throw cancelled('Looking for credentials');
    const config = await readDockerConfig(configFolder, onProblem);
    if (config === undefined) return undefined;
    const key = serverKey(host);
    const helper = helperFor(config, key);
    if (helper === '') return signInFor(config, key, onProblem);
    return askCredentialHelper(helper, key, { environment, milliseconds: helperMilliseconds, onProblem, signal });
  };
}
