import { join } from 'node:path';
import { installOnce } from '../machine/cache.js';
import { type Log } from '../machine/commands.js';
import { bootstrap } from './trees.js';

const ARCHIVE = 'image.tar.gz';
// Goes up when a recipe changes, so that an older archive in the cache is not taken for this one.
const EDITION = '2';
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/info/*', '/usr/share/locale/*', '/usr/share/man/*'];

/** As the images of Debian have it: where packages come from, in the newer form. */
const SOURCES = [
  'Types: deb',
  'URIs: http://deb.debian.org/debian',
  'Suites: bookworm bookworm-updates',
  'Components: main',
  'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
].join('\\n');

interface Options {
  log: Log;
  signal?: AbortSignal;
}

/** The file with a root file system that stands in for `debian:bookworm-slim`. */
export function debianStandIn(options: Options): Promise<string> {
  return standIn('debian-stand-in', ['debian-archive-keyring'], options);
}

/** The file with a root file system that stands in for an image of R, which is Debian's. */
export function rStandIn(options: Options): Promise<string> {
  return standIn('r-stand-in', ['debian-archive-keyring', 'r-base-core'], options);
}

async function standIn(name: string, packages: readonly string[], options: Options): Promise<string> {
  const fill = async (folder: string): Promise<void> => {
    options.log(`Making the stand-in “${name}” of Debian's packages, about half a minute …`);
    const finish = [
      'rm -f "$1/etc/apt/sources.list"',
      // Where the images of rocker have R.
      'mkdir -p "$1/usr/local/lib/R" && ln -s /etc/R "$1/usr/local/lib/R/etc"',
      `printf '${SOURCES}\\n' > "$1/etc/apt/sources.list.d/debian.sources"`,
    ];
    const target = join(folder, ARCHIVE);
    await bootstrap({ suite: 'bookworm', packages, target, without: LEFT_OUT, finish }, options.log, options);
  };
  return join(await installOnce(name, EDITION, fill, options), ARCHIVE);
}
