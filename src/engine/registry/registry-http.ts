import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled, Failure } from '../../host/failure.js';
import { isPassing, networkFailure, registryBusy, registryDown, registryRefused } from './registry-failure.js';

const mostTries = 4;
const mostRedirects = 5;
/** A manifest has 4 MiB at most (distribution-spec 1.1), a configuration far less than this. */
const mostBytes = 16 * 1024 * 1024;
const answerWithinMilliseconds = 60_000;
const longestWaitSeconds = 60;

export interface HttpRequest {
  /** All but POST are idempotent, and tried again. */
  method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Sent to the very origin of the URL, and to no other one that it redirects to. */
  authorization?: string | undefined;
  body?: Buffer | string;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  /** Where the answer came from, after redirects. */
  origin: string;
}

export interface Sending {
  signal: AbortSignal;
  /** Before the second try; each further one waits twice as long. */
  backoffMilliseconds: number;
}

/**
 * Sends a request, over again while the other side is busy, in trouble, or breaks off, and follows the redirects of GET
 * and HEAD. Resolves to answers with a status below 500 other than 429. Rejects `registry-busy`, `registry-unreachable`,
 * `registry-refused`, `cancelled`.
 */
export async function send(request: HttpRequest, sending: Sending): Promise<HttpAnswer> {
  const { signal, backoffMilliseconds } = sending;
  const tries = request.method === 'POST' ? 1 : mostTries;
  for (let count = 1; ; count += 1) {
    const attempt = await attemptOnce(request, signal);
    if (attempt.kind === 'answer') return attempt.answer;
    const pause =
      attempt.waitSeconds === undefined ? backoffMilliseconds * 2 ** (count - 1) : attempt.waitSeconds * 1000;
    if (count >= tries || pause > longestWaitSeconds * 1000) throw attempt.failure;
    try {
      await sleep(pause, undefined, { signal });
    } catch {
      throw cancelled('The request to the registry');
    }
  }
}

type Attempt =
  | { kind: 'answer'; answer: HttpAnswer }
  /** May do better later: after as many seconds as the other side has asked for. */
  | { kind: 'again'; failure: Failure; waitSeconds: number | undefined };

async function attemptOnce(request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
  const { host } = request.url;
  try {
    const answer = await follow(request, AbortSignal.any([signal, AbortSignal.timeout(answerWithinMilliseconds)]));
    const waitSeconds = retryAfter(answer.headers);
    if (answer.status === 429) return { kind: 'again', failure: registryBusy(host, waitSeconds), waitSeconds };
    if (answer.status >= 500) return { kind: 'again', failure: registryDown(host, answer.status), waitSeconds };
    return { kind: 'answer', answer };
  } catch (error) {
    if (signal.aborted) throw cancelled('The request to the registry');
    if (error instanceof Failure) throw error;
    const failure = networkFailure(error, host);
    if (!isPassing(error)) throw failure;
    return { kind: 'again', failure, waitSeconds: undefined };
  }
}

async function follow(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, headers, authorization, body } = request;
  const host = request.url.host;
  let url = request.url;
  for (let count = 0; count <= mostRedirects; count += 1) {
    const isHome = url.origin === request.url.origin;
    const response = await fetch(url.href, {
      method,
      redirect: 'manual',
      signal,
      // The sizes and digests of what a registry holds are of its bytes, not of what a proxy packs them in.
      headers: {
        ...headers,
        'Accept-Encoding': 'identity',
        ...(isHome && authorization !== undefined ? { Authorization: authorization } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
    const location = redirectOf(response);
    if (location === undefined) {
      const bytes = await readAll(response, host);
      return { status: response.status, headers: response.headers, bytes, origin: url.origin };
    }
    await response.body?.cancel();
    if (method !== 'GET' && method !== 'HEAD') {
      throw registryRefused(host, `The registry ${host} wants this written elsewhere: it may have moved.`);
    }
    if (!URL.canParse(location, url.href)) throw registryRefused(host, `The registry ${host} redirects to nowhere.`);
    const next = new URL(location, url);
    if (next.protocol !== 'https:' && next.protocol !== url.protocol) {
      throw registryRefused(host, `The registry ${host} redirects to an address without TLS.`);
    }
    url = next;
  }
  throw registryRefused(host, `The registry ${host} redirects without an end.`);
}

function redirectOf({ status, headers }: Response): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? (headers.get('location') ?? undefined) : undefined;
}

async function readAll(response: Response, host: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    // Leaving the loop ends the stream.
    if (size > mostBytes) throw registryRefused(host, `The registry ${host} sent more than a manifest can have.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The seconds that `Retry-After` asks for (RFC 9110, 10.2.3): a number of them, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text);
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, (time - Date.now()) / 1000);
}
