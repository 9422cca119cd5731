import { once } from 'node:events';
import { type EngineConnection } from '../../src/engine/connection.js';
import { createContainer } from '../../src/engine/new-container.js';
import { attachOutput, startContainer } from '../../src/engine/container-process.js';
import { type Endpoint, parseHost, type TlsSettings } from '../../src/engine/endpoint.js';
import { connectTo } from '../harness/engines/connect.js';
import { busybox, engineHost } from './support.js';

/** The path of the socket of the engine under test. */
export const socket = engineHost.replace('unix://', '');

/** A signal that nobody raises. */
export const never = new AbortController().signal;

/** What the harness says while tests run. */
export const say = (line: string): void => {
  process.stderr.write(`      ${line}\n`);
};

/** An endpoint as a setting names it. */
export function endpoint(host: string, tls?: TlsSettings): Endpoint {
  return { name: 'test', source: 'setting', ...parseHost(host, tls) };
}

export async function echo(connection: EngineConnection): Promise<string> {
  const container = await createContainer(connection, {
    image: busybox,
    name: 'test-remote',
    command: ['sh', '-c', 'echo over there'],
    environment: {},
    mounts: [],
    ports: [],
    gpus: { kind: 'none' },
    labels: {},
    network: 'none',
  });
  try {
    const output = await attachOutput(connection, container);
    const chunks: Buffer[] = [];
    output.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = once(output, 'end');
    await startContainer(connection, container);
    await ended;
    output.destroy();
    return Buffer.concat(chunks).toString('latin1');
  } finally {
    await connectTo(engineHost).getContainer(container).remove({ force: true });
  }
}
