import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { runCommand } from '../machine/commands.js';

/** A TLS door to an engine that wants a client's certificate, as `dockerd --tlsverify` does. */
export interface TlsProxy {
  port: number;
  /** Holds ca.pem, cert.pem and key.pem of a client that is let in. */
  folder: string;
  /** Holds those of a client that trusts and is trusted by somebody else. */
  strangerFolder: string;
  dispose(): Promise<void>;
}

/** Makes certificates with openssl and listens on the loopback. */
export async function startTlsProxy(engineSocket: string): Promise<TlsProxy> {
  const root = await mkdtemp(join(tmpdir(), 'research-containers-tls-'));
  const folder = join(root, 'right');
  const strangerFolder = join(root, 'stranger');
  for (const each of [folder, strangerFolder]) {
    await runCommand(['mkdir', each]);
    await authority(each);
    await certificate(each, 'server', 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    await certificate(each, 'client', 'extendedKeyUsage=clientAuth\n');
    await runCommand(['cp', join(each, 'client.pem'), join(each, 'cert.pem')]);
    await runCommand(['cp', join(each, 'client.key'), join(each, 'key.pem')]);
  }
  const server = createServer(
    {
      ca: await readFile(join(folder, 'ca.pem')),
      cert: await readFile(join(folder, 'server.pem')),
      key: await readFile(join(folder, 'server.key')),
      requestCert: true,
      rejectUnauthorized: true,
      allowHalfOpen: true,
    },
    (near) => {
      const far = connect({ path: engineSocket, allowHalfOpen: true });
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.pipe(far).pipe(near);
    },
  );
  // A client that speaks no TLS, or breaks off.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    folder,
    strangerFolder,
    dispose: async () => {
      server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function authority(folder: string): Promise<void> {
  const out = ['-keyout', join(folder, 'ca.key'), '-out', join(folder, 'ca.pem')];
  await runCommand(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=An authority', ...out]);
}

async function certificate(folder: string, name: string, extensions: string): Promise<void> {
  const file = (suffix: string): string => join(folder, `${name}.${suffix}`);
  const request = ['-keyout', file('key'), '-out', file('csr')];
  await runCommand(['openssl', 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, ...request]);
  await writeFile(file('ext'), extensions);
  const signed = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial'];
  await runCommand([
    'openssl',
    'x509',
    '-req',
    '-in',
    file('csr'),
    ...signed,
    '-extfile',
    file('ext'),
    '-out',
    file('pem'),
  ]);
}
