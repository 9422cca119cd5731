import * as v from 'valibot';
import { type Failure } from '../../host/failure.js';
import { parseJson } from '../json.js';
import { type Challenge, parseChallenges } from './challenge.js';
import { type RegistryCredentials } from './credentials.js';
import { registryDenied, registryRefused } from './registry-failure.js';
import { isLoopback } from './registry-host.js';
import { type HttpAnswer, type HttpRequest, send, type Sending } from './registry-http.js';

const tokenAnswer = v.object({ token: v.nullish(v.string(), ''), access_token: v.nullish(v.string(), '') });
const clientId = 'research-containers';

/**
 * Answers a registry's 401 as the distribution project defines it
 * (https://distribution.github.io/distribution/spec/auth/token/, and `oauth/` beside it for identity tokens).
 *
 * Resolves to the value for the header `Authorization`. Rejects `registry-denied`, and what a request rejects with.
 *
 * @param header `WWW-Authenticate`
 * @param scope what is asked for where the registry does not say so itself
 * @param credentials of the registry's host; undefined for anonymous access
 */
export async function answerChallenge(
  header: string,
  host: string,
  scope: string,
  credentials: RegistryCredentials | undefined,
  sending: Sending,
): Promise<string> {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return `Bearer ${await fetchToken(bearer, host, scope, credentials, sending)}`;
  if (!challenges.some(({ scheme }) => scheme === 'basic')) {
    throw registryDenied(host, `The registry ${host} wants a sign-in of a kind that is not known here.`);
  }
  if (credentials === undefined) throw registryDenied(host, `The registry ${host} wants a sign-in.`);
  if (credentials.kind === 'password') return basic(credentials);
  throw registryDenied(host, `The registry ${host} wants a user name and a password, and there is only a token.`);
}

async function fetchToken(
  { parameters }: Challenge,
  host: string,
  usualScope: string,
  credentials: RegistryCredentials | undefined,
  sending: Sending,
): Promise<string> {
  const realm = parameters.get('realm') ?? '';
  if (!/^https?:\/\//i.test(realm) || !URL.canParse(realm)) {
    throw registryRefused(host, `The registry ${host} does not say where to sign in.`);
  }
  const url = new URL(realm);
  if (credentials !== undefined && url.protocol !== 'https:' && !isLoopback(url.host)) {
    throw registryDenied(
      host,
      `The registry ${host} wants the sign-in sent to ${url.host} without TLS: it was not sent.`,
    );
  }
  const service = parameters.get('service');
  const scope = parameters.get('scope') ?? usualScope;
  const answer = await send(tokenRequest(url, service, scope, credentials), sending);
  if (answer.status !== 200) throw refusedSignIn(answer, host, credentials);
  const parsed = parseJson(tokenAnswer, answer.bytes.toString('utf8'));
  const token = parsed?.token === '' ? parsed.access_token : parsed?.token;
  // Nothing that could end the header early.
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) {
    throw registryRefused(host, `The sign-in of the registry ${host} at ${url.host} gave no token.`);
  }
  return token;
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  credentials: RegistryCredentials | undefined,
): HttpRequest {
  const asked = { ...(service === undefined ? {} : { service }), scope };
  if (credentials?.kind === 'identity-token') {
    const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: credentials.token, ...asked };
    return {
      method: 'POST',
      url: realm,
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(asked)) url.searchParams.append(name, value);
  return {
    method: 'GET',
    url,
    headers: { Accept: 'application/json' },
    authorization: credentials === undefined ? undefined : basic(credentials),
  };
}

function refusedSignIn({ status }: HttpAnswer, host: string, credentials: RegistryCredentials | undefined): Failure {
  // OAuth2 says 400 for a token that is not valid any more.
  if (status !== 400 && status !== 401 && status !== 403) {
    return registryRefused(host, `The sign-in of the registry ${host} answers with status ${status}.`);
  }
  if (credentials === undefined) return registryDenied(host, `The registry ${host} wants a sign-in.`);
  const what = credentials.kind === 'password' ? 'user name or the password' : 'token of the sign-in';
  return registryDenied(host, `The registry ${host} does not accept the ${what}.`);
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
