import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What a double was asked. */
export interface Heard {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The connection breaks off after half of the body, or before any answer. */
  breaks?: 'in-body' | 'at-once';
  /** Called when the request is there. */
  then?: () => void;
}

type Answering = Answer | ((heard: Heard) => Answer);

/**
 * A registry, or what a registry points to, that gives each answer it was told to give once, in their order. What was
 * not set up, and what was and did not come, is an error of `close`.
 */
export class RegistryDouble {
  readonly heard: Heard[] = [];
  private readonly expected = new Map<string, Answering[]>();
  private readonly unexpected: string[] = [];

  private constructor(
    private readonly server: Server,
    /** `127.0.0.1:…`, as references write it. */
    readonly host: string,
  ) {}

  static async open(): Promise<RegistryDouble> {
    const server = createServer();
    server.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const double = new RegistryDouble(server, `127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const { method = '', url: path = '', headers } = request;
        const answer = double.answerTo({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') });
        const body = Buffer.from(answer.body ?? '');
        if (answer.breaks === 'at-once') response.destroy();
        else {
          response.writeHead(answer.status ?? 200, { 'Content-Length': body.length, ...answer.headers });
          if (answer.breaks === 'in-body') response.write(body.subarray(0, body.length / 2), () => response.destroy());
          else response.end(method === 'HEAD' ? undefined : body);
        }
        answer.then?.();
      })();
    });
    return double;
  }

  /** One more answer to the method and path (`GET /v2/a/manifests/1`), the query left out. */
  expect(what: string, ...answers: readonly Answering[]): this {
    this.expected.set(what, [...(this.expected.get(what) ?? []), ...answers]);
    return this;
  }

  /** What came as `Authorization`, one for each request. */
  get authorizations(): (string | undefined)[] {
    return this.heard.map(({ headers }) => headers.authorization);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    const missed = [...this.expected].flatMap(([what, rest]) => (rest.length > 0 ? [`${what}, ${rest.length}×`] : []));
    if (this.unexpected.length > 0) throw new Error(`Not set up: ${this.unexpected.join('; ')}`);
    if (missed.length > 0) throw new Error(`Did not come: ${missed.join('; ')}`);
  }

  private answerTo(heard: Heard): Answer {
    this.heard.push(heard);
    const what = `${heard.method} ${heard.path.replace(/\?.*$/, '')}`;
    const answer = this.expected.get(what)?.shift();
    if (answer !== undefined) return typeof answer === 'function' ? answer(heard) : answer;
    this.unexpected.push(what);
    return { status: 501 };
  }
}

export function sha256(bytes: string | Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The distribution specification's form of an error. */
export function errorBody(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message, detail: null }] });
}
