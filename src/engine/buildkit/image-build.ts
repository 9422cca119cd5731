import { formatReference, normalReference, type Reference, withDefaultTag } from '../../image/reference.js';

/** One build, as BuildKit's Dockerfile frontend takes it. */
export interface ImageBuild {
  /** Name of the Dockerfile in the folder that is shared as `dockerfile`. */
  dockerfile: string;
  /** The engine's own where empty; several in one build only where the store can hold an index. */
  platforms: readonly string[];
  /** None leaves the image without a reference. */
  reference: Reference | undefined;
  target: string | undefined;
  buildArguments: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  noCache: boolean;
}

/** How a build ended: with an image, or with the engine's own words. */
export type BuildOutcome =
  | {
      kind: 'built';
      /** What the engine calls the image: the configuration's digest in a classic store, the index's or manifest's in containerd's. */
      imageId: string;
      /** Digests of the configurations, in the order of the platforms. */
      configDigests: readonly string[];
    }
  | {
      kind: 'failed';
      text: string;
      /** The step that failed, where BuildKit says it. */
      step: string | undefined;
      /** The line of the Dockerfile, counted from 1, where BuildKit says it. */
      line: number | undefined;
    };

/** What the frontend is told (https://docs.docker.com/reference/api/engine/, BuildKit's `frontend/dockerui`). */
export function frontendAttributes(build: ImageBuild): Record<string, string> {
  return {
    filename: build.dockerfile,
    ...(build.platforms.length === 0 ? {} : { platform: build.platforms.join() }),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(build.noCache ? { 'no-cache': '' } : {}),
    ...prefixed('build-arg:', build.buildArguments),
    ...prefixed('label:', build.labels),
  };
}

/** The engine's own store, under a reference written out in full. */
export function exporterAttributes(build: ImageBuild): Record<string, string> {
  return build.reference === undefined ? {} : { name: formatReference(normalReference(build.reference)) };
}

/** What `POST /build` is told of a build for one platform. */
export function restQuery(build: ImageBuild): Record<string, string | boolean | undefined> {
  return {
    t: build.reference === undefined ? undefined : formatReference(withDefaultTag(build.reference)),
    platform: build.platforms[0],
    target: build.target,
    buildargs: JSON.stringify(build.buildArguments),
    labels: JSON.stringify(build.labels),
    nocache: build.noCache,
    rm: true,
  };
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}
