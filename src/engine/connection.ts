import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectSocket } from 'node:net';
import { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createSecureContext } from 'node:tls';
import Docker from 'dockerode';
import * as v from 'valibot';
import { asFailure, cancelled, errorCode, Failure } from '../host/failure.js';
import { connectionFailure } from './connection-failure.js';
import { type Address, type Endpoint, type TlsSettings } from './endpoint.js';
import { refusalToFailure } from './refusal.js';
import { SshAgent } from './ssh/ssh-agent.js';

export interface EngineRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Path without a query: `/containers/json`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: object;
  /** Sent as it is; its type is `application/x-tar` unless the headers say otherwise. */
  upload?: Readable;
  headers?: OutgoingHttpHeaders;
  signal?: AbortSignal | undefined;
}

const refusalBody = v.object({ message: v.string() });
const modemError = v.object({ statusCode: v.number(), json: v.optional(v.unknown()), message: v.string() });

const accepted: Record<number, true> = {};
for (const status of [101, 200, 201, 202, 204, 304]) accepted[status] = true;

/**
 * All that is said to one engine goes through here: requests, streams and hijacked connections, by dockerode's modem.
 *
 * Rejections are Failures: an abort is `cancelled`, the engine's own words are matched in `refusal.ts`.
 */
export class EngineConnection {
  private readonly docker: Docker;
  private readonly agent: HttpAgent;
  private hasAnswered = false;

  constructor(readonly endpoint: Endpoint) {
    if (endpoint.address.kind === 'unsupported') {
      throw new Failure(
        'engine-unreachable',
        `${endpoint.name} ${endpoint.host === '' ? '' : `(${endpoint.host}) `}cannot be used: ${endpoint.address.why}.`,
        'Choose another engine with “Select Engine”, or give a unix://, npipe://, ssh:// or tcp:// address.',
      );
    }
    this.agent = agentFor(endpoint.address);
    this.docker = new Docker(dockerOptions(endpoint.address, this.agent));
  }

  /** The answer's body: a JSON value, or undefined where it is empty. GETs are repeated once on a stale connection. */
  async request(request: EngineRequest): Promise<unknown> {
    try {
      return await this.wholeAnswer(request);
    } catch (error) {
      const retry = request.method === 'GET' && error instanceof Failure && error.reason === 'engine-lost';
      if (!retry) throw error;
      return await this.wholeAnswer(request);
    }
  }

  /** Read here, for dockerode's modem would wait for ever for the rest of an answer that breaks off. */
  private async wholeAnswer(request: EngineRequest): Promise<unknown> {
    const answer = await this.stream(request);
    try {
      return bodyOf(await text(answer));
    } catch (error) {
      throw streamFailure(error, this, 'The request to the engine', request.signal);
    }
  }

  /** The answer's body as a stream; an abort destroys it. */
  async stream(request: EngineRequest): Promise<Readable> {
    const answer = await this.dial(request, 'stream');
    if (answer instanceof Readable) return answer;
    throw new Failure('engine-refused', 'The engine sent no stream.', 'Try again.');
  }

  /** A connection taken over after `101 Switching Protocols`; whoever asked destroys it. */
  async hijack(request: EngineRequest): Promise<Duplex> {
    const answer = await this.dial(request, 'hijack');
    if (answer instanceof Duplex) return answer;
    throw new Failure('engine-refused', 'The engine did not hand the connection over.', 'Try again.');
  }

  /** Whether `connect` gives a connection that speaks as it is: with TLS, the two sides would have to agree first. */
  get isPlain(): boolean {
    const { address } = this.endpoint;
    return address.kind === 'socket' || address.kind === 'ssh' || (address.kind === 'tcp' && address.tls === undefined);
  }

  /** A connection of its own, on which nothing was said yet; whoever asked destroys it. */
  connect(signal: AbortSignal): Promise<Duplex> {
    if (signal.aborted) return Promise.reject(cancelled('Connecting to the engine'));
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(this.failureFor(error, signal));
      };
      const opened = (stream: Duplex): void => {
        stream.on('error', fail);
        signal.addEventListener('abort', () => stream.destroy(cancelled('Connecting to the engine')), { once: true });
        resolve(stream);
      };
      const { address } = this.endpoint;
      switch (address.kind) {
        case 'socket':
        case 'tcp': {
          const where =
            address.kind === 'socket' ? { path: address.path } : { host: address.hostname, port: address.port };
          const socket = connectSocket(where, () => {
            opened(socket);
          });
          socket.once('error', fail);
          return;
        }
        case 'ssh':
          this.agent.createConnection({}, (error, stream) => {
            if (error === null) opened(stream);
            else fail(error);
          });
          return;
        case 'unsupported':
          fail(new Error(address.why));
      }
    });
  }

  /** Another one to the same engine, for work that is to go on when this one is disposed of. */
  another(): EngineConnection {
    return new EngineConnection(this.endpoint);
  }

  dispose(): void {
    this.agent.destroy();
  }

  private dial(request: EngineRequest, kind: 'stream' | 'hijack'): Promise<unknown> {
    const { signal } = request;
    if (signal?.aborted === true) return Promise.reject(cancelled('The request to the engine'));
    const query = Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined);
    const jsonBody = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    // A Buffer as `file` makes the modem send exactly these bytes: its own way of sending options would write them into
    // a hijacked stream when headers and body arrive apart.
    const file = request.upload ?? jsonBody ?? (request.method === 'GET' ? undefined : Buffer.alloc(0));
    const contentType = request.upload === undefined ? 'application/json' : 'application/x-tar';
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(cancelled('The request to the engine'));
      };
      // Node ends a request that still has no connection only when it gets one: ssh may be long on its way.
      signal?.addEventListener('abort', abort, { once: true });
      this.docker.modem.dial(
        {
          method: request.method,
          path: query.length > 0 ? `${request.path}?` : request.path,
          options: { _query: Object.fromEntries(query), _body: {} },
          headers: { ...(file === undefined ? {} : { 'Content-Type': contentType }), ...request.headers },
          isStream: kind === 'stream',
          hijack: kind === 'hijack',
          statusCodes: accepted,
          ...(file === undefined ? {} : { file }),
          ...(signal === undefined ? {} : { abortSignal: signal }),
        },
        (error, answer) => {
          signal?.removeEventListener('abort', abort);
          if (error === null) {
            this.hasAnswered = true;
            resolve(answer);
          } else reject(this.failureFor(error, signal));
        },
      );
    });
  }

  private failureFor(error: Error, signal: AbortSignal | undefined): Failure {
    if (signal?.aborted === true) return cancelled('The request to the engine');
    // An upload that fails brings its own reason.
    if (error instanceof Failure) return error;
    const refused = v.safeParse(modemError, error);
    if (refused.success) {
      const body = v.safeParse(refusalBody, refused.output.json);
      const words = body.success ? body.output.message : refused.output.message.replace(/^\(HTTP code \d+\) /, '');
      return refusalToFailure({ status: refused.output.statusCode, text: words });
    }
    const { address } = this.endpoint;
    // ssh speaks for itself: a local socket that leads nowhere any more is that of an ssh which ended.
    const ended = address.kind === 'ssh' && /^(?:ENOENT|ECONNREFUSED)$/.test(errorCode(error) ?? '');
    const failure = connectionFailure(ended ? connectionReset(error) : error, this.endpoint.host);
    const isTls = address.kind === 'tcp' && address.tls !== undefined;
    return failure.reason === 'engine-lost' && isTls && !this.hasAnswered ? refusedByEngine(failure) : failure;
  }
}

/** With TLS 1.3 a client learns only by a closed connection that its certificate is not wanted. */
function refusedByEngine(cause: Failure): Failure {
  return new Failure(
    'engine-tls-refused',
    `${cause.message} It was closed before the first answer: the engine may not accept your certificate.`,
    'Check cert.pem and key.pem of the docker context: they must come from the authority that the engine trusts.',
    { cause },
  );
}

/**
 * Turns an error met while reading an engine's stream into a Failure. Errors that are neither an abort nor of the
 * connection keep what they are.
 */
export function streamFailure(
  error: unknown,
  connection: EngineConnection,
  what: string,
  signal?: AbortSignal,
): Failure {
  // An abort shows itself as a connection that ends.
  if (signal?.aborted === true) return cancelled(what);
  if (error instanceof Failure) return error;
  const code = errorCode(error);
  if (code === 'ABORT_ERR') return cancelled(what);
  const lost = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNREFUSED']);
  const aborted = error instanceof Error && error.message === 'aborted';
  if (aborted || (code !== undefined && lost.has(code))) {
    return connectionFailure(aborted ? connectionReset(error) : error, connection.endpoint.host);
  }
  return asFailure(error, what);
}

function connectionReset(cause: unknown): Error {
  return Object.assign(new Error('the connection ended', { cause }), { code: 'ECONNRESET' });
}

/** A JSON value, or the text that is none; an empty body is undefined. */
function bodyOf(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function agentFor(address: Address): HttpAgent {
  switch (address.kind) {
    case 'socket':
      return new HttpAgent({ keepAlive: true });
    case 'ssh':
      return new SshAgent(address.target);
    case 'tcp':
      return address.tls === undefined ? new HttpAgent({ keepAlive: true }) : tlsAgent(address.tls);
  }
}

/** Rejects `engine-tls-refused` where a certificate or key cannot be read or used. */
function tlsAgent({ ca, cert, key, verify }: TlsSettings): HttpsAgent {
  try {
    const material = {
      ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
      ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
      ...(key === undefined ? {} : { key: readFileSync(key) }),
    };
    const agent = new HttpsAgent({ keepAlive: true, rejectUnauthorized: verify, ...material });
    // Reads the material once, now: an error in it would otherwise end the process at the first request.
    createSecureContext(material);
    return agent;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'engine-tls-refused',
      `The certificates for the engine cannot be used: ${message}`,
      'Check the files ca.pem, cert.pem and key.pem of the docker context or in DOCKER_CERT_PATH.',
      { cause: error },
    );
  }
}

function dockerOptions(address: Address, agent: HttpAgent): Docker.DockerOptions & { agent: HttpAgent } {
  // The modem reads DOCKER_HOST from the environment unless host, port and protocol are all given.
  switch (address.kind) {
    case 'socket':
      return { socketPath: address.path, agent, protocol: 'http', host: undefined, port: undefined };
    case 'ssh':
      return { host: 'docker', port: 80, agent, protocol: 'http' };
    case 'tcp':
      return {
        host: address.hostname,
        port: address.port,
        agent,
        protocol: address.tls === undefined ? 'http' : 'https',
      };
  }
}
