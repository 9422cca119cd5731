import * as v from 'valibot';
import { asFailure, cancelled } from '../../host/failure.js';
import { parseJson } from '../json.js';
import { type OnCredentialsProblem, type RegistryCredentials, type RegistryCredentialsFor } from './credentials.js';
import { serverKey } from './registry-host.js';

/** The part of VS Code's SecretStorage that is used. */
export interface SecretStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

const keptSignIn = v.variant('kind', [
  v.object({ kind: v.literal('password'), username: v.string(), password: v.string() }),
  v.object({ kind: v.literal('identity-token'), token: v.string() }),
]);

/** The credentials that were kept with {@link keepSignIn}; a store that cannot be read is a problem and has none. */
export function keptCredentials(
  secrets: SecretStore,
  onProblem: OnCredentialsProblem = () => undefined,
): RegistryCredentialsFor {
  return async (host, signal) => {
    if (signal.aborted) throw cancelled('Looking for credentials');
    let text;
    try {
      text = await secrets.get(secretKey(host));
    } catch {
      onProblem(`The secret storage cannot be read: the sign-in for ${host} that may be kept there is not used.`);
      return undefined;
    }
    if (text === undefined) return undefined;
    const kept = parseJson(keptSignIn, text);
    if (kept === undefined) onProblem(`The sign-in for ${host} in the secret storage is not understood.`);
    return kept;
  };
}

/** Keeps the sign-in for a registry's host, in place of an earlier one. Rejects `internal` where nothing can be kept. */
export async function keepSignIn(secrets: SecretStore, host: string, credentials: RegistryCredentials): Promise<void> {
  try {
    await secrets.store(secretKey(host), JSON.stringify(credentials));
  } catch (error) {
    throw asFailure(error, 'Keeping the sign-in');
  }
}

/** Forgets the sign-in for a registry's host, where there is one. Rejects `internal` where the store cannot be used. */
export async function forgetSignIn(secrets: SecretStore, host: string): Promise<void> {
  try {
    await secrets.delete(secretKey(host));
  } catch (error) {
    throw asFailure(error, 'Forgetting the sign-in');
  }
}

function secretKey(host: string): string {
  return `registry-sign-in:${serverKey(host)}`;
}
