import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorCode } from '../../host/failure.js';
import { parseJson } from '../json.js';
import { type OnCredentialsProblem, type RegistryCredentials } from './credentials.js';
import { serverKey } from './registry-host.js';

const dockerConfig = v.object({
  auths: v.nullish(v.record(v.string(), v.unknown()), {}),
  credHelpers: v.nullish(v.record(v.string(), v.string()), {}),
  credsStore: v.nullish(v.string(), ''),
});

const signIn = v.nullable(
  v.object({
    auth: v.nullish(v.string(), ''),
    username: v.nullish(v.string(), ''),
    password: v.nullish(v.string(), ''),
    identitytoken: v.nullish(v.string(), ''),
  }),
);

/** What docker's `config.json` says about sign-ins. */
export type DockerConfig = v.InferOutput<typeof dockerConfig>;

/** Reads `config.json` in the folder; undefined where there is none, or it cannot be read, which is a problem. */
export async function readDockerConfig(
  folder: string,
  onProblem: OnCredentialsProblem,
): Promise<DockerConfig | undefined> {
  const file = join(folder, 'config.json');
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') onProblem(`${file} cannot be read (${errorCode(error) ?? 'unknown error'}).`);
    return undefined;
  }
  const config = parseJson(dockerConfig, text.replace(/^\uFEFF/, ''));
  // The parser's own words would quote the file, and with it a password.
  if (config === undefined) onProblem(`${file} is not a configuration of docker: its sign-ins are not used.`);
  return config;
}

/** The name of the credential helper that has the registry's sign-in; empty where the configuration has it itself. */
export function helperFor({ credHelpers, credsStore }: DockerConfig, key: string): string {
  return valueFor(credHelpers, key) ?? credsStore;
}

/** The registry's sign-in in the configuration itself. */
export function signInFor(
  { auths }: DockerConfig,
  key: string,
  onProblem: OnCredentialsProblem,
): RegistryCredentials | undefined {
  const found = valueFor(auths, key);
  if (found === undefined) return undefined;
  const parsed = v.safeParse(signIn, found);
  if (!parsed.success) {
    onProblem(`The sign-in for ${key} in docker's config.json is not understood.`);
    return undefined;
  }
  if (parsed.output === null) return undefined;
  const { auth, username, password, identitytoken } = parsed.output;
  if (identitytoken !== '') return { kind: 'identity-token', token: identitytoken };
  if (auth === '') return password === '' ? undefined : { kind: 'password', username, password };
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) {
    onProblem(`The sign-in for ${key} in docker's config.json is not a user name and a password in base64.`);
    return undefined;
  }
  // Docker itself cuts off the zero bytes that old versions of it padded with.
  return {
    kind: 'password',
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1).replace(/^\0+|\0+$/g, ''),
  };
}

/**
 * The value under the key itself, or under another way to write the same registry (`https://ghcr.io/v1/`). Other paths
 * mean something else: a part of a registry, or the tokens that Docker Desktop keeps beside its sign-in.
 */
function valueFor<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  const entries = Object.entries(values);
  const exact = entries.find(([name]) => name === key);
  const fitting = entries.find(
    ([name]) => serverKey(name) === key && /^(?:https?:\/\/)?[^/]+(?:\/(?:v[12]\/?)?)?$/i.test(name),
  );
  return (exact ?? fitting)?.[1];
}
