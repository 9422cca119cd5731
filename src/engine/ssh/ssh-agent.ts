import { Agent, type ClientRequestArgs } from 'node:http';
import { connect } from 'node:net';
import { type Duplex } from 'node:stream';
import { type SshTarget } from '../endpoint.js';
import { SshTunnel } from './ssh-tunnel.js';

/** Connections of HTTP requests to an engine on another host, all by one tunnel. */
export class SshAgent extends Agent {
  private readonly tunnel: SshTunnel;

  constructor(target: SshTarget) {
    super({ keepAlive: true });
    this.tunnel = new SshTunnel(target);
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.tunnel.localSocket().then(
      (path) => {
        callback(null, connect(path));
      },
      (error: unknown) => {
        Reflect.apply(callback, undefined, [error]);
      },
    );
  }

  override destroy(): void {
    super.destroy();
    this.tunnel.dispose();
  }
}
