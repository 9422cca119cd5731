// Builds what is shipped: dist/extension.mjs with its pieces and the worker's dist/archive-worker.js. Fails when the types do not fit, or
// when package.json does not say what the table of commands makes of it.
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const node = (...args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
// A command of the table without a handler does not compile.
node(require.resolve('typescript/bin/tsc'), '--noEmit', '--project', '.');
node('--import', 'tsx', 'scripts/manifest.ts', '--check');

// dockerode's own BuildKit session and ssh client are not used: they need .proto and .node files beside the bundle. Nor
// is its packer of folders, which loses exceptions of .dockerignore. Of its objects only the engine's own is: all requests
// go through its modem.
const dockerode = dirname(require.resolve('dockerode'));
const things = 'container image volume network service plugin secret config task node exec'.split(' ');
const unused = new Map([
  [join(dockerode, 'session.js'), 'BuildKit session'],
  [join(dockerode, 'buildkit.js'), 'BuildKit messages'],
  [join(dirname(require.resolve('docker-modem')), 'ssh.js'), 'ssh client'],
  [createRequire(require.resolve('dockerode')).resolve('tar-fs'), 'packer'],
  [createRequire(require.resolve('dockerode')).resolve('@balena/dockerignore'), 'reader of .dockerignore'],
  ...things.map((thing) => [join(dockerode, `${thing}.js`), `object “${thing}”`]),
]);
const leaveOut = {
  name: 'leave-out',
  setup(bundler) {
    bundler.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const what = unused.get(path);
      if (what === undefined) return undefined;
      return { contents: `module.exports = () => { throw new Error("dockerode's ${what} is left out"); };` };
    });
  },
};

// docker-modem prints to the console for its own developers, by a package that finds out how to colour it.
const quiet = {
  name: 'quiet',
  setup(bundler) {
    bundler.onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'quiet' }));
    bundler.onLoad({ filter: /.*/, namespace: 'quiet' }, () => ({ contents: 'module.exports = () => () => {};' }));
  },
};

await rm('dist', { recursive: true, force: true });
const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: true,
  legalComments: 'none',
  // dockerode's modem brings a copy of Node's streams for old versions of Node and for browsers.
  alias: { 'readable-stream': 'node:stream' },
  plugins: [leaveOut, quiet],
  logLevel: 'warning',
};
// In pieces: what a command needs is read when it is first called, and costs a VS Code that only starts nothing.
await build({
  ...shared,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'pieces/[name]-[hash]',
  external: ['vscode'],
  // Packages of before modules ask for Node's parts by `require`.
  banner: {
    js: "import{createRequire as nodeRequireFrom}from'node:module';const require=nodeRequireFrom(import.meta.url);",
  },
});
await build({
  ...shared,
  entryPoints: { 'archive-worker': 'src/bundle/archive/archive-worker.ts' },
  outdir: 'dist',
  format: 'cjs',
});
