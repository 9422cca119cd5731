import { type Readable } from 'node:stream';
import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { refusalLine } from '../answer.js';
import { type EngineConnection, streamFailure } from '../connection.js';
import { readJsonLines } from '../json.js';
import { configDigestIn, unique } from './build-over-grpc.js';
import { type BuildOutcome, type ImageBuild, restQuery } from './image-build.js';
import { type BuildClient, dialOver, openBuildSession } from './session.js';
import { readTrace, type TraceEvent } from './trace.js';

const line = v.union([
  v.object({ id: v.literal('moby.buildkit.trace'), aux: v.string() }),
  v.object({ id: v.literal('moby.image.id'), aux: v.object({ ID: v.string() }) }),
  refusalLine,
]);

/** Builds one platform with the engine's BuildKit over `POST /build`, with the same client session as over gRPC. */
export async function buildOverRest(
  connection: EngineConnection,
  build: ImageBuild,
  client: BuildClient,
  onTrace: (event: TraceEvent) => void,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const session = await openBuildSession(dialOver(connection), client, signal);
  try {
    const stream = await connection.stream({
      method: 'POST',
      path: '/build',
      query: {
        version: '2',
        remote: 'client-session',
        session: session.id,
        dockerfile: build.dockerfile,
        ...restQuery(build),
      },
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
  }
}

async function followBuild(stream: Readable, onTrace: (event: TraceEvent) => void): Promise<BuildOutcome> {
  let imageId: string | undefined;
  const configDigests: string[] = [];
  for await (const raw of readJsonLines(stream)) {
    const known = raw.ok ? v.safeParse(line, raw.value) : undefined;
    if (known?.success !== true) continue;
    const message = known.output;
    if ('id' in message) {
      if (message.id === 'moby.image.id') imageId = message.aux.ID;
      else {
        for (const event of readTrace(message.aux)) {
          if (event.kind === 'status') configDigests.push(...configDigestIn(event.name));
          onTrace(event);
        }
      }
    } else {
      return { kind: 'failed', text: message.refusal, step: undefined, line: undefined };
    }
  }
  if (imageId === undefined) {
    throw new Failure(
      'build-failed',
      'The engine ended the build without an image.',
      'Look into the log of the build.',
    );
  }
  return { kind: 'built', imageId, configDigests: unique(configDigests, imageId) };
}
