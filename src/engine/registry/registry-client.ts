import { createHash } from 'node:crypto';
import { Failure } from '../../host/failure.js';
import { formatReference, parseReference, type Reference, withDefaultTag } from '../../image/reference.js';
import { type RegistryCredentialsFor } from './credentials.js';
import { registryDenied, registryRefused, statusFailure } from './registry-failure.js';
import { isLoopback, type Repository, repositoryOf } from './registry-host.js';
import { type HttpAnswer, type HttpRequest, send } from './registry-http.js';
import { answerChallenge } from './registry-token.js';

/** The media types of what a reference can mean: OCI image-spec 1.1, and Docker's registry v2 schema 2. */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

/** What a registry knows a manifest by. */
export interface ManifestDescriptor {
  digest: string;
  mediaType: string;
  /** Bytes. */
  size: number;
}

export interface RegistryClientOptions {
  credentialsFor: RegistryCredentialsFor;
  /** Hosts, with their ports, that are spoken to without TLS as this machine's own are. */
  insecure?: readonly string[];
  /** Before the first repetition of a failed request; half a second unless told. */
  backoffMilliseconds?: number;
}

/** Where in a registry a request goes. */
interface Place extends Repository {
  reference: Reference;
}

/**
 * Asks registries by the OCI distribution specification 1.1 (https://github.com/opencontainers/distribution-spec).
 *
 * Rejects `registry-denied`, `image-not-found`, `registry-busy`, `registry-unreachable`, `registry-refused`,
 * `invalid-argument` for a reference that is none, and `cancelled`.
 */
export class RegistryClient {
  /** What a registry lets in with, by host, repository and action; one that is refused is fetched anew. */
  private readonly authorizations = new Map<string, string>();

  constructor(private readonly options: RegistryClientOptions) {}

  /** What the reference means now, without fetching it; `latest` where it has neither tag nor digest. */
  async headManifest(reference: string, signal: AbortSignal): Promise<ManifestDescriptor> {
    const place = placeOf(reference);
    const answer = await this.ask(place, 'HEAD', manifestPath(place), { Accept: anyManifest }, signal);
    const digest = answer.headers.get('docker-content-digest') ?? '';
    const size = Number(answer.headers.get('content-length') ?? 'none');
    const mediaType = mediaTypeOf(answer);
    // A registry should say all this, and need not.
    if (!isDigest(digest) || !Number.isSafeInteger(size) || mediaType === '') {
      const whole = await this.getManifest(reference, signal);
      return { digest: whole.digest, mediaType: whole.mediaType, size: whole.size };
    }
    checkDigest(place, digest, place.reference.digest);
    return { digest, mediaType, size };
  }

  /** The manifest or index that the reference means now, byte by byte; it is what its digest says. */
  async getManifest(reference: string, signal: AbortSignal): Promise<ManifestDescriptor & { bytes: Buffer }> {
    const place = placeOf(reference);
    const answer = await this.ask(place, 'GET', manifestPath(place), { Accept: anyManifest }, signal);
    const digest = sha256(answer.bytes);
    checkDigest(place, digest, place.reference.digest);
    checkDigest(place, digest, answer.headers.get('docker-content-digest') ?? undefined);
    return { digest, mediaType: mediaTypeOf(answer), size: answer.bytes.length, bytes: answer.bytes };
  }

  /** Puts a manifest or index under the reference's tag, in place of what is there, and resolves to its digest. */
  async putManifest(reference: string, mediaType: string, bytes: Buffer, signal: AbortSignal): Promise<string> {
    const place = placeOf(reference);
    const digest = sha256(bytes);
    checkDigest(place, digest, place.reference.digest);
    const answer = await this.ask(place, 'PUT', manifestPath(place), { 'Content-Type': mediaType }, signal, bytes);
    checkDigest(place, digest, answer.headers.get('docker-content-digest') ?? undefined);
    return digest;
  }

  /** A blob that is JSON, such as an image's configuration, from the reference's repository; to be read with a schema. */
  async getBlobJson(reference: string, digest: string, signal: AbortSignal): Promise<unknown> {
    if (!isDigest(digest)) throw new Failure('invalid-argument', `“${digest}” is not a digest.`, 'Correct the digest.');
    const place = placeOf(reference);
    const { bytes } = await this.ask(place, 'GET', `/v2/${place.path}/blobs/${digest}`, {}, signal);
    checkDigest(place, sha256(bytes), digest);
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch {
      throw registryRefused(place.host, `The blob ${digest} in the registry ${place.host} is not JSON.`);
    }
  }

  private async ask(
    place: Place,
    method: 'GET' | 'HEAD' | 'PUT',
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    body?: Buffer,
  ): Promise<HttpAnswer> {
    const { host } = place;
    const { insecure = [], backoffMilliseconds = 500, credentialsFor } = this.options;
    const isPlain = isLoopback(host) || insecure.some((each) => each.toLowerCase() === host);
    const url = new URL(`${isPlain ? 'http' : 'https'}://${host}${path}`);
    const request: HttpRequest = { method, url, headers, ...(body === undefined ? {} : { body }) };
    const writes = method === 'PUT';
    const scope = `repository:${place.path}:${writes ? 'pull,push' : 'pull'}`;
    const key = `${host} ${scope}`;
    const sending = { signal, backoffMilliseconds };

    let answer = await send({ ...request, authorization: this.authorizations.get(key) }, sending);
    // Another host that was redirected to has no say in where credentials go.
    if (answer.status === 401 && answer.origin === url.origin) {
      this.authorizations.delete(key);
      const challenge = answer.headers.get('www-authenticate') ?? '';
      const credentials = await credentialsFor(host, signal);
      const authorization = await answerChallenge(challenge, host, scope, credentials, sending);
      answer = await send({ ...request, authorization }, sending);
      if (answer.status === 401 && answer.origin === url.origin) {
        throw registryDenied(
          host,
          credentials === undefined
            ? `The registry ${host} wants a sign-in.`
            : `The registry ${host} does not accept the sign-in for this.`,
        );
      }
      this.authorizations.set(key, authorization);
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw statusFailure(answer.status, answer.bytes, { host, subject: formatReference(place.reference), writes });
  }
}

const anyManifest = Object.values(mediaTypes).join(', ');

function placeOf(reference: string): Place {
  const parsed = parseReference(reference);
  if (!parsed.ok) throw new Failure('invalid-argument', parsed.problem, 'Correct the reference.');
  return { ...repositoryOf(parsed.reference), reference: withDefaultTag(parsed.reference) };
}

function manifestPath({ path, reference: { tag, digest } }: Place): string {
  return `/v2/${path}/manifests/${digest ?? tag ?? ''}`;
}

function mediaTypeOf({ headers }: HttpAnswer): string {
  return (headers.get('content-type') ?? '').replace(/;.*$/s, '').trim();
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Other algorithms than SHA-256 are the registry's word: the specification knows SHA-512, and nobody uses it. */
function checkDigest({ host, reference }: Place, digest: string, expected: string | undefined): void {
  if (expected === undefined || !expected.startsWith('sha256:') || digest === expected) return;
  throw registryRefused(
    host,
    `The registry ${host} has other bytes for ${formatReference(reference)} than its digest says.`,
  );
}
