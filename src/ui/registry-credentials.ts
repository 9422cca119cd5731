import { homedir } from 'node:os';
import { join } from 'node:path';
import { firstCredentials, type RegistryCredentialsFor } from '../engine/registry/credentials.js';
import { dockerCredentials } from '../engine/registry/docker-credentials.js';
import { keptCredentials } from '../engine/registry/sign-ins.js';
import { type Services } from './services.js';

/** The credentials that were given to this extension, or else those that “docker login” has left. */
export function registryCredentials({ secrets, log }: Services): RegistryCredentialsFor {
  const configFolder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const onProblem = (problem: string): void => {
    log.warn(problem);
  };
  return firstCredentials(
    keptCredentials(secrets, onProblem),
    dockerCredentials({ configFolder, environment: process.env }, onProblem),
  );
}
