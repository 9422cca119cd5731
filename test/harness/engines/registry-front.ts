import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

/** What the reference implementation of the distribution specification says with each code. */
const messages = {
  UNAUTHORIZED: 'authentication required',
  DENIED: 'requested access to the resource is denied',
  NAME_UNKNOWN: 'repository name not known to registry',
  MANIFEST_UNKNOWN: 'manifest unknown',
  TOOMANYREQUESTS: 'too many requests',
  UNAVAILABLE: 'service unavailable',
  UNKNOWN: 'unknown error',
} as const;

/** What the front does in place of the registry to requests that it is for. */
export interface Fault {
  method: string;
  path: RegExp;
  /** How many times; always where undefined. */
  times?: number;
  /** An answer of that status in the form of the distribution specification, or a connection that ends in mid-body. */
  does: { status: number; code: keyof typeof messages } | 'reset';
}

/**
 * A port of this machine before a registry, which hands all on but what faults were set for: how a registry in trouble
 * looks to a real engine.
 */
export class RegistryFront {
  private faults: { fault: Fault; left: number }[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly target: string,
  ) {}

  /** @param target the registry's host and port */
  static async open(target: string): Promise<RegistryFront> {
    const server = createServer();
    const front = new RegistryFront(server, target);
    server.on('connection', (socket) => {
      front.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => front.sockets.delete(socket));
    });
    server.on('request', (asked, answer) => {
      front.answer(asked, answer);
    });
    server.listen(0);
    await once(server, 'listening');
    return front;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** These faults in place of those before. */
  set(...faults: readonly Fault[]): void {
    this.faults = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url = '' } = asked;
    const found = this.faults.find(({ fault, left }) => left > 0 && fault.method === method && fault.path.test(url));
    if (found === undefined) {
      this.handOn(asked, answer);
      return;
    }
    found.left--;
    const { does } = found.fault;
    if (does === 'reset') {
      // After the first bytes: in the middle of what is sent, where something is.
      asked.once('data', () => asked.socket.resetAndDestroy());
      asked.once('end', () => asked.socket.resetAndDestroy());
      return;
    }
    asked.resume();
    const body = JSON.stringify({ errors: [{ code: does.code, message: messages[does.code], detail: null }] });
    answer.writeHead(does.status, { 'Content-Type': 'application/json' });
    answer.end(method === 'HEAD' ? undefined : body);
  }

  private handOn(asked: IncomingMessage, answer: ServerResponse): void {
    const [host, port] = this.target.split(':');
    const { method, url, headers } = asked;
    const onward = request({ host, port, method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }
}
