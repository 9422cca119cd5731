import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { installOnce } from '../machine/cache.js';
import { runCommand, type Log } from '../machine/commands.js';
import { connectTo, readProgress } from './connect.js';
import { bootstrap } from './trees.js';

const REFERENCE = 'busybox:stand-in';
// The same image, with the same id, on every engine.
const MADE = new Date('2024-01-01T00:00:00Z');
const DEBIAN_NAMES = { x64: 'amd64', arm64: 'arm64' } as const;

/** The architectures that a busybox can be had for. */
type Architecture = 'amd64' | 'arm64';

/**
 * Puts a small image like busybox's own onto the engine, made of Debian's busybox, unless it is there. Answers its
 * name: `busybox:stand-in`, with `-arm64` or `-amd64` behind it when an architecture was asked for.
 *
 * @throws Error when Debian's package cannot be had, or the engine does not take the image.
 */
export async function importBusybox(
  host: string,
  options: { log?: Log; architecture?: Architecture; signal?: AbortSignal } = {},
): Promise<string> {
  const own = ownArchitecture();
  const architecture = options.architecture ?? own;
  const reference = options.architecture === undefined ? REFERENCE : `${REFERENCE}-${architecture}`;
  const engine = connectTo(host);
  const isThere = await engine
    .getImage(reference)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (isThere) return reference;
  const log = options.log ?? ((): void => undefined);
  const applets = await runCommand([await installBusybox(own, log, options), '--list']);
  const binary = await readFile(await installBusybox(architecture, log, options));
  const layer = await buffer(packSystem(binary, applets.trim().split('\n')));
  await readProgress(await engine.loadImage(packImage(reference, architecture, layer)));
  return reference;
}

function ownArchitecture(): Architecture {
  const name = process.arch === 'x64' || process.arch === 'arm64' ? DEBIAN_NAMES[process.arch] : undefined;
  if (name === undefined) throw new Error(`There is no busybox stand-in for machines of the kind ${process.arch}.`);
  return name;
}

async function installBusybox(
  architecture: Architecture,
  log: Log,
  options: { signal?: AbortSignal },
): Promise<string> {
  const fill = (target: string): Promise<void> =>
    bootstrap(
      { suite: 'bookworm', variant: 'extract', packages: ['busybox-static'], architecture, target },
      log,
      options,
    );
  return join(await installOnce('busybox-static', architecture, fill, options), 'bin/busybox');
}

// Loaded, not imported: to an import, engine 20.10 gives its own architecture whatever was asked for.
function packImage(reference: string, architecture: Architecture, layer: Buffer): PassThrough {
  const digest = createHash('sha256').update(layer).digest('hex');
  const configuration = {
    architecture,
    os: 'linux',
    created: MADE.toISOString(),
    config: { Cmd: ['sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    history: [{ created: MADE.toISOString(), comment: "a stand-in of Debian's busybox-static" }],
  };
  const manifest = [{ Config: 'config.json', RepoTags: [reference], Layers: ['layer.tar'] }];
  const tar = pack();
  tar.entry({ name: 'layer.tar' }, layer);
  tar.entry({ name: 'config.json' }, JSON.stringify(configuration));
  tar.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  tar.finalize();
  return tar.pipe(new PassThrough());
}

function packSystem(binary: Buffer, applets: readonly string[]): PassThrough {
  const tar = pack();
  const mtime = MADE;
  for (const name of ['bin', 'dev', 'etc', 'home', 'proc', 'sys', 'usr', 'usr/bin', 'var', 'var/tmp']) {
    tar.entry({ name, type: 'directory', mode: 0o755, mtime });
  }
  tar.entry({ name: 'root', type: 'directory', mode: 0o700, mtime });
  tar.entry({ name: 'tmp', type: 'directory', mode: 0o1777, mtime });
  tar.entry(
    { name: 'etc/passwd', mtime },
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  );
  tar.entry({ name: 'etc/group', mtime }, 'root:x:0:\nnogroup:x:65534:\n');
  tar.entry({ name: 'bin/busybox', mode: 0o755, mtime }, binary);
  for (const applet of applets.filter((name) => name !== 'busybox')) {
    tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox', mtime });
  }
  tar.entry({ name: 'usr/bin/env', type: 'symlink', linkname: '../../bin/busybox', mtime });
  tar.finalize();
  return tar.pipe(new PassThrough());
}
