import { type Readable } from 'node:stream';
import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { type EngineConnection, streamFailure } from '../connection.js';
import { readJsonLines } from '../json.js';
import { openBuildSession } from './session.js';
import { readTrace, type TraceEvent } from './trace.js';

/** One build of one platform, as `POST /build` takes it. */
export interface RestBuild {
  /** The build context as a tar: already without what .dockerignore names, for BuildKit ignores that file in a tar. */
  context: Readable;
  /** Path of the Dockerfile in the tar, with `/`. */
  dockerfile: string;
  reference: string;
  platform: string | undefined;
  target: string | undefined;
  buildArguments: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  noCache: boolean;
}

/** How a build ended: with an image, or with the engine's own words. */
export type RestBuildResult =
  | {
      kind: 'built';
      /** The engine's identifier of the image. */
      imageId: string;
    }
  | { kind: 'failed'; text: string };

const line = v.union([
  v.object({ id: v.literal('moby.buildkit.trace'), aux: v.string() }),
  v.object({ id: v.literal('moby.image.id'), aux: v.object({ ID: v.string() }) }),
  v.object({ errorDetail: v.object({ message: v.string() }) }),
  v.object({ error: v.string() }),
]);

/**
 * Builds with the engine's BuildKit over REST and a tar of the context, with a client session of our own beside it.
 *
 * An abort of the signal ends the running step at once.
 */
export async function buildOverRest(
  connection: EngineConnection,
  build: RestBuild,
  onTrace: (event: TraceEvent) => void,
  signal: AbortSignal,
): Promise<RestBuildResult> {
  const session = await openBuildSession(connection, () => Promise.resolve(undefined), signal);
  try {
    const stream = await connection.stream({
      method: 'POST',
      path: '/build',
      query: {
        version: '2',
        session: session.id,
        dockerfile: build.dockerfile,
        t: build.reference,
        platform: build.platform,
        target: build.target,
        buildargs: JSON.stringify(build.buildArguments),
        labels: JSON.stringify(build.labels),
        nocache: build.noCache,
        rm: true,
      },
      upload: build.context,
      signal,
    });
    try {
      return await followBuild(stream, onTrace);
    } finally {
      stream.destroy();
    }
  } catch (error) {
    throw streamFailure(error, connection, 'The build', signal);
  } finally {
    session.dispose();
    build.context.destroy();
  }
}

async function followBuild(stream: Readable, onTrace: (event: TraceEvent) => void): Promise<RestBuildResult> {
  let imageId: string | undefined;
  for await (const raw of readJsonLines(stream)) {
    const known = raw.ok ? v.safeParse(line, raw.value) : undefined;
    if (known?.success !== true) continue;
    const message = known.output;
    if ('id' in message) {
      if (message.id === 'moby.image.id') imageId = message.aux.ID;
      else for (const event of readTrace(message.aux)) onTrace(event);
    } else {
      return { kind: 'failed', text: 'error' in message ? message.error : message.errorDetail.message };
    }
  }
  if (imageId === undefined) {
    throw new Failure(
      'build-failed',
      'The engine ended the build without an image.',
      'Look into the log of the build.',
    );
  }
  return { kind: 'built', imageId };
}
