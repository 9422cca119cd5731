import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A file, folder or link of a tar that a test makes. */
export type Member = { name: string; content: Buffer } | { name: string; linkTo: string };

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A tar of the members, in their order. */
export async function tarOf(members: readonly Member[], mtime = new Date(0)): Promise<Buffer> {
  const tar = pack();
  for (const member of members) {
    if ('linkTo' in member) tar.entry({ name: member.name, type: 'symlink', linkname: member.linkTo, mtime });
    else tar.entry({ name: member.name, mtime }, member.content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An image of four layers, one of them empty and one there twice. */
export interface TestImage {
  layers: Buffer[];
  config: Buffer;
}

export async function testImage(): Promise<TestImage> {
  const first = await tarOf([
    { name: 'etc/ünï', content: Buffer.from('text '.repeat(3000)) },
    { name: 'link', linkTo: 'etc/ünï' },
  ]);
  const empty = await tarOf([]);
  const last = await tarOf([
    { name: 'bin/tool', content: Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251)) },
  ]);
  return imageOf([first, empty, last, empty]);
}

/** An image of these layers. */
export function imageOf(layers: Buffer[]): TestImage {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'arm64',
      os: 'linux',
      variant: 'v8',
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${sha256(layer)}`) },
    }),
  );
  return { layers, config };
}

/** What the engines' stores save of one image. */
export const stores: Record<string, (image: TestImage) => Promise<Buffer>> = {
  'Engine 20.10': async ({ layers, config }) => {
    const configName = `${sha256(config)}.json`;
    const folders = layers.map((_layer, index) => sha256(Buffer.from(`v1-${index}`)));
    const firstOf = (layer: Buffer): number => layers.findIndex((other) => other.equals(layer));
    const members = layers.flatMap((layer, index): Member[] => [
      { name: `${folders[index] ?? ''}/VERSION`, content: Buffer.from('1.0') },
      { name: `${folders[index] ?? ''}/json`, content: Buffer.from('{"id":"x"}') },
      firstOf(layer) === index
        ? { name: `${folders[index] ?? ''}/layer.tar`, content: layer }
        : { name: `${folders[index] ?? ''}/layer.tar`, linkTo: `../${folders[firstOf(layer)] ?? ''}/layer.tar` },
    ]);
    const manifest = [
      { Config: configName, RepoTags: ['x:1'], Layers: folders.map((folder) => `${folder}/layer.tar`) },
    ];
    return tarOf(
      [
        { name: configName, content: config },
        ...members,
        { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
        { name: 'repositories', content: Buffer.from('{"x":{"1":"y"}}') },
      ],
      new Date(1_700_000_000_000),
    );
  },
  'Engine 28': ({ layers, config }) => ociTar(config, layers, (layer) => layer),
  'the containerd store': ({ layers, config }) => ociTar(config, layers, (layer) => gzipSync(layer)),
  Podman: async ({ layers, config }) => {
    const names = layers.map((layer) => `${sha256(layer)}.tar`);
    const configName = `${sha256(config)}.json`;
    const manifest = [{ Config: configName, RepoTags: ['localhost/x:1'], Layers: names }];
    const unique = names.flatMap((name, index): Member[] =>
      names.indexOf(name) === index ? [{ name, content: layers[index] ?? Buffer.alloc(0) }] : [],
    );
    return tarOf([
      ...unique,
      { name: configName, content: config },
      { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
    ]);
  },
};

/** An OCI layout with manifest.json, blobs sorted by digest, each layer stored as `store` makes it. */
export function ociTar(config: Buffer, layers: readonly Buffer[], store: (layer: Buffer) => Buffer): Promise<Buffer> {
  const stored = layers.map(store);
  const blobs = new Map([config, ...stored].map((blob) => [`blobs/sha256/${sha256(blob)}`, blob]));
  const manifest = [
    {
      Config: `blobs/sha256/${sha256(config)}`,
      RepoTags: ['x:1'],
      Layers: stored.map((blob) => `blobs/sha256/${sha256(blob)}`),
    },
  ];
  return tarOf([
    ...[...blobs].sort().map(([name, content]) => ({ name, content })),
    { name: 'index.json', content: Buffer.from('{"schemaVersion":2,"manifests":[]}') },
    { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
    { name: 'oci-layout', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
  ]);
}
