/** The floors of the house: which room of src/ may import which. ARCHITECTURE.md says why. */
const rooms = {
  host: [],
  image: [],
  cuda: [],
  engine: ['host', 'image', 'cuda'],
  project: ['host', 'image', 'cuda'],
  dockerfile: ['host', 'image', 'cuda', 'project'],
  inventory: ['host', 'image', 'cuda', 'engine'],
  build: ['host', 'image', 'cuda', 'engine', 'project', 'dockerfile', 'inventory'],
  gpu: ['host', 'image', 'cuda', 'engine', 'project', 'dockerfile', 'inventory'],
  run: ['host', 'image', 'cuda', 'engine', 'project', 'dockerfile', 'inventory', 'build', 'gpu'],
  compose: ['host', 'image', 'cuda', 'engine', 'project', 'dockerfile', 'inventory', 'build', 'gpu', 'run'],
  bundle: ['host', 'image', 'cuda', 'engine', 'project', 'dockerfile', 'inventory', 'build', 'gpu', 'run'],
  zenodo: ['host', 'image', 'cuda', 'engine', 'project', 'dockerfile', 'inventory', 'run', 'bundle'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'rooms-are-known',
      severity: 'error',
      from: { path: `^src/(?!extension\\.ts|ui/|(?:${Object.keys(rooms).join('|')})/)` },
      to: {},
    },
    ...Object.entries(rooms).map(([room, below]) => ({
      name: `floor-of-${room}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(?:${[room, ...below].join('|')})/` },
    })),
    {
      name: 'vscode-only-in-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(?:ui/|extension\\.ts)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'dockerode-only-in-engine',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/' },
      to: { path: 'node_modules/(?:@types/)?(?:dockerode|docker-modem)/' },
    },
    { name: 'nothing-imports-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^(?:test|scripts)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs'] },
  },
};
