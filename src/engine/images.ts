import { type Readable } from 'node:stream';
import * as v from 'valibot';
import { formatPlatform, parsePlatform } from '../image/platform.js';
import { Failure } from '../host/failure.js';
import { readAnswer, refusalLine, textMap, texts } from './answer.js';
import { type EngineConnection, streamFailure } from './connection.js';
import { readJsonLines } from './json.js';
import { refusalToFailure } from './refusal.js';

const listAnswer = v.array(
  v.object({
    Id: v.string(),
    RepoTags: texts,
    Created: v.number(),
    Size: v.number(),
    Labels: textMap,
  }),
);

export interface ImageSummary {
  /** The engine's own identifier: not comparable between stores. */
  id: string;
  /** `name:tag`, none for a dangling image. */
  references: string[];
  /** Milliseconds since 1970. */
  created: number;
  /** Bytes. */
  size: number;
  labels: Record<string, string>;
}

/**
 * All images with a tag, and dangling ones, as the engine lists them; without the costly shared sizes.
 *
 * @param only the images that these references name (an image brings only those of its references), or the dangling ones
 */
export async function listImages(
  connection: EngineConnection,
  signal?: AbortSignal,
  only?: { references: readonly string[] } | 'dangling',
): Promise<ImageSummary[]> {
  const answer = await connection.request({
    method: 'GET',
    path: '/images/json',
    query: { filters: only === undefined ? undefined : JSON.stringify(listFilter(only)) },
    signal,
  });
  return readAnswer(listAnswer, answer).map((image) => ({
    id: image.Id,
    references: image.RepoTags.filter((tag) => tag !== '<none>:<none>').sort(),
    created: Math.max(0, image.Created * 1000),
    size: image.Size,
    labels: image.Labels,
  }));
}

function listFilter(only: { references: readonly string[] } | 'dangling'): Record<string, readonly string[]> {
  return only === 'dangling' ? { dangling: ['true'] } : { reference: only.references };
}

const inspectAnswer = v.object({
  Id: v.string(),
  RepoTags: texts,
  RepoDigests: texts,
  Created: v.optional(v.string()),
  Os: v.string(),
  Architecture: v.string(),
  Variant: v.optional(v.string()),
  Size: v.number(),
  RootFS: v.object({ Layers: texts }),
  Config: v.optional(
    v.nullable(
      v.object({
        Cmd: texts,
        Entrypoint: texts,
        Env: texts,
        Labels: textMap,
        User: v.optional(v.string()),
        WorkingDir: v.optional(v.string()),
        Volumes: v.nullish(v.record(v.string(), v.unknown()), {}),
        ExposedPorts: v.nullish(v.record(v.string(), v.unknown()), {}),
      }),
    ),
  ),
});

export interface ImageDetails {
  /** The engine's own identifier: the configuration's digest in a classic store, the manifest's in containerd's. */
  id: string;
  references: string[];
  /** `name@sha256:…`, as registries have it. */
  digests: string[];
  platform: string;
  /** Milliseconds since 1970, to the second as in a list. */
  created: number;
  /** Bytes. */
  size: number;
  diffIds: string[];
  command: string[];
  entrypoint: string[];
  environment: string[];
  labels: Record<string, string>;
  user: string;
  workingFolder: string;
  volumes: string[];
  /** `8888/tcp`. */
  exposedPorts: string[];
}

/**
 * What an image is made of; rejects `image-not-found`.
 *
 * @param platform one of several that are kept under the reference; needs API 1.49, older engines describe their own
 */
export async function inspectImage(
  connection: EngineConnection,
  image: string,
  signal?: AbortSignal,
  platform?: string,
): Promise<ImageDetails> {
  const wanted = platform === undefined ? undefined : parsePlatform(platform);
  const answer = readAnswer(
    inspectAnswer,
    await connection.request({
      method: 'GET',
      path: `/images/${imagePath(image)}/json`,
      query: { platform: wanted === undefined ? undefined : JSON.stringify(wanted) },
      signal,
    }),
  );
  const config = answer.Config;
  return {
    id: answer.Id,
    references: [...answer.RepoTags].sort(),
    digests: answer.RepoDigests,
    platform: formatPlatform({ os: answer.Os, architecture: answer.Architecture, variant: answer.Variant }),
    created: secondOf(answer.Created),
    size: answer.Size,
    diffIds: answer.RootFS.Layers,
    command: config?.Cmd ?? [],
    entrypoint: config?.Entrypoint ?? [],
    environment: config?.Env ?? [],
    labels: config?.Labels ?? {},
    user: config?.User ?? '',
    workingFolder: config?.WorkingDir ?? '',
    volumes: Object.keys(config?.Volumes ?? {}),
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}).sort(),
  };
}

/** An image without a time of creation has the year 1, or none. */
function secondOf(created: string | undefined): number {
  const time = Date.parse(created ?? '');
  return Number.isNaN(time) ? 0 : Math.max(0, Math.floor(time / 1000) * 1000);
}

const platformAnswer = v.object({
  os: v.optional(v.string(), ''),
  architecture: v.optional(v.string(), ''),
  variant: v.optional(v.string()),
});
const manifestsAnswer = v.object({
  Os: v.optional(v.string(), ''),
  Architecture: v.optional(v.string(), ''),
  Variant: v.optional(v.string()),
  Config: v.nullish(v.object({ Env: texts })),
  Manifests: v.nullish(
    v.array(
      v.object({
        Available: v.boolean(),
        Kind: v.string(),
        ImageData: v.nullish(v.object({ Platform: platformAnswer })),
      }),
    ),
    [],
  ),
});

/** What a list of images does not say of them. */
export interface ImageTraits {
  /** `linux/amd64`, …: several only in the containerd store, which keeps those of one reference together. */
  platforms: readonly string[];
  /** `NAME=value`, of the engine's own platform where there are several. */
  environment: readonly string[];
}

/** Asks for an image's traits; rejects `image-not-found`. */
export async function imageTraits(
  connection: EngineConnection,
  image: string,
  store: 'classic' | 'containerd',
  signal?: AbortSignal,
): Promise<ImageTraits> {
  const answer = readAnswer(
    manifestsAnswer,
    await connection.request({
      method: 'GET',
      path: `/images/${imagePath(image)}/json`,
      query: { manifests: store === 'containerd' ? true : undefined },
      signal,
    }),
  );
  const there = answer.Manifests.flatMap(({ Available, Kind, ImageData }) =>
    Available && Kind === 'image' && ImageData
      ? [formatPlatform({ ...ImageData.Platform, variant: ImageData.Platform.variant })]
      : [],
  );
  const own = formatPlatform({ os: answer.Os, architecture: answer.Architecture, variant: answer.Variant });
  return {
    platforms: there.length > 0 ? [...new Set(there)].sort() : [own],
    environment: answer.Config?.Env ?? [],
  };
}

/** The image as a tar, in the engine's own format. Whoever reads it destroys it. */
export function saveImage(connection: EngineConnection, image: string, signal?: AbortSignal): Promise<Readable> {
  return connection.stream({
    method: 'GET',
    path: `/images/${imagePath(image)}/get`,
    signal,
  });
}

const loadLine = v.union([v.object({ stream: v.string() }), refusalLine]);

/** Loads an archive and resolves to the references or image ids that the engine says it loaded. */
export async function loadImage(
  connection: EngineConnection,
  archive: Readable,
  signal?: AbortSignal,
): Promise<string[]> {
  const answer = await connection.stream({
    method: 'POST',
    path: '/images/load',
    query: { quiet: true },
    upload: archive,
    signal,
  });
  const loaded: string[] = [];
  try {
    for await (const line of readJsonLines(answer)) {
      if (!line.ok) continue;
      const known = v.safeParse(loadLine, line.value);
      if (!known.success) continue;
      if ('stream' in known.output) {
        const reference = /^Loaded image(?: ID)?: (.+?)\s*$/.exec(known.output.stream)?.[1];
        if (reference !== undefined) loaded.push(reference);
      } else throw refusalToFailure({ status: 200, text: known.output.refusal });
    }
  } catch (error) {
    throw streamFailure(error, connection, 'Loading the image', signal);
  }
  if (loaded.length === 0) {
    throw new Failure(
      'archive-unsupported',
      'The engine found no image in the archive.',
      'Check the archive with “Verify Bundle”.',
    );
  }
  return loaded;
}

/** Removes a reference, and the image with its last one; an image that is not there is no error. */
export async function removeImage(connection: EngineConnection, image: string, signal?: AbortSignal): Promise<void> {
  try {
    await connection.request({
      method: 'DELETE',
      path: `/images/${imagePath(image)}`,
      query: { noprune: false },
      signal,
    });
  } catch (error) {
    if (!(error instanceof Failure && error.reason === 'image-not-found')) throw error;
  }
}

/** A reference in a request's path: its slashes are the path's own, all else is escaped. */
export function imagePath(image: string): string {
  return image.split('/').map(encodeURIComponent).join('/');
}
