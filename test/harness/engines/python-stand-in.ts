import { join } from 'node:path';
import { installOnce } from '../machine/cache.js';
import { type Log } from '../machine/commands.js';
import { bootstrap } from './trees.js';

const ARCHIVE = 'image.tar.gz';
// Goes up when the recipe changes, so that an older archive in the cache is not taken for this one.
const EDITION = '2';

// Matplotlib's fonttools drags in compilers, scipy and sympy, which nothing here runs: a gigabyte. The packages stay
// installed, so that their dependents are content, and their files are left out.
const LEFT_OUT = [
  '/usr/include/*',
  '/usr/lib/gcc/*',
  '/usr/lib/python3.*/config-*',
  '/usr/lib/*.a',
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/man/*',
  '/usr/share/unicode/*',
];

const FINISH = [
  'ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
  'ln -s /usr/bin/pip3 "$1/usr/local/bin/pip"',
  'rm -f "$1"/usr/lib/python3.*/EXTERNALLY-MANAGED',
  // Not left out above, since these packages cannot be set up without them.
  ...['mpmath', 'pythran', 'scipy', 'sympy'].map((name) => `rm -rf "$1"/usr/lib/python3/dist-packages/${name}*`),
];

/**
 * The file with the root file system that stands in for `python:3.11-slim-bookworm`: Debian's Python 3.11, pip, numpy
 * 1.24.2 and matplotlib 3.6.3, as a compressed tar; made of Debian's packages when it is not in the cache yet.
 *
 * @throws Error when a package cannot be had, or this process is not root.
 */
export async function pythonStandIn(options: { log: Log; signal?: AbortSignal }): Promise<string> {
  const fill = async (folder: string): Promise<void> => {
    options.log("Making the stand-in for Python of Debian's packages, about a minute …");
    const packages = ['python3', 'python3-pip', 'python3-numpy', 'python3-matplotlib'];
    const target = join(folder, ARCHIVE);
    await bootstrap({ suite: 'bookworm', packages, target, without: LEFT_OUT, finish: FINISH }, options.log, options);
  };
  return join(await installOnce('python-stand-in', EDITION, fill, options), ARCHIVE);
}
