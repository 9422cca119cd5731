import { Failure } from '../host/failure.js';
import { formatPlatform } from '../image/platform.js';
import { buildOverGrpc, type Control, openControl } from './buildkit/build-over-grpc.js';
import { buildOverRest } from './buildkit/build-over-rest.js';
import { type BuildOutcome, type ImageBuild } from './buildkit/image-build.js';
import { openNativeControl } from './buildkit/native-control.js';
import { type BuildClient } from './buildkit/session.js';
import { type TraceEvent } from './buildkit/trace.js';
import { ListWorkersRequestSchema, ListWorkersResponseSchema } from './buildkit/wire_pb.js';
import { buildClassically } from './classic-build.js';
import { type EngineConnection } from './connection.js';
import { identify } from './system.js';

/** The ways of building, the best one first. */
export type BuildWay = 'grpc' | 'rest' | 'classic';

/** An engine that is ready to build, in the best way that it offers. */
export interface Builder {
  way: BuildWay;
  /** Platforms that it can build, its own first, emulated ones included; undefined where it does not say. */
  platforms(signal: AbortSignal): Promise<string[] | undefined>;
  /** Builds one image; several may be built at the same time. */
  build(
    build: ImageBuild,
    client: BuildClient,
    /** Absolute path of the Dockerfile. */
    dockerfile: string,
    onTrace: (event: TraceEvent) => void,
    signal: AbortSignal,
  ): Promise<BuildOutcome>;
  dispose(): void;
}

/** Since this API an engine serves gRPC on its own socket, and means to drop the upgrade. */
const nativeMinor = 53;

/** Finds out how an engine builds. */
export async function openBuilder(connection: EngineConnection, signal: AbortSignal): Promise<Builder> {
  const { product, apiVersion } = await identify(connection, signal);
  if (product === 'Podman') return builderOf(connection, { way: 'classic' });
  if (connection.isPlain && Number(apiVersion.split('.')[1]) >= nativeMinor) {
    try {
      return builderOf(connection, { way: 'grpc', control: await openNativeControl(connection, signal) });
    } catch (error) {
      // What stands between may know no HTTP/2: the older way may still be there.
      if (signal.aborted) throw error;
    }
  }
  try {
    return builderOf(connection, { way: 'grpc', control: await openControl(connection, signal) });
  } catch (error) {
    if (error instanceof Failure && error.reason === 'engine-refused') return builderOf(connection, { way: 'rest' });
    throw error;
  }
}

/** A builder of a given way; it disposes of the control API that it is given. */
export function builderOf(
  connection: EngineConnection,
  how: { way: 'grpc'; control: Control } | { way: 'rest' | 'classic' },
): Builder {
  switch (how.way) {
    case 'grpc': {
      const { control } = how;
      return {
        way: how.way,
        platforms: (signal) => platformsOf(control, signal),
        build: (build, client, _dockerfile, onTrace, signal) =>
          buildOverGrpc(connection, control, build, client, onTrace, signal),
        dispose: () => {
          control.client.dispose();
        },
      };
    }
    case 'rest':
      return {
        way: how.way,
        platforms: () => Promise.resolve(undefined),
        build: (build, client, _dockerfile, onTrace, signal) =>
          buildOverRest(connection, build, client, onTrace, signal),
        dispose: () => undefined,
      };
    case 'classic':
      return {
        way: how.way,
        platforms: () => Promise.resolve(undefined),
        build: (...build) => buildClassically(connection, ...build),
        dispose: () => undefined,
      };
  }
}

async function platformsOf(control: Control, signal: AbortSignal): Promise<string[]> {
  const path = '/moby.buildkit.v1.Control/ListWorkers';
  const { record } = await control.client.call(path, [ListWorkersRequestSchema, {}], ListWorkersResponseSchema, signal);
  const all = record.flatMap((worker) => worker.platforms);
  return all.map(({ os, architecture, variant }) => formatPlatform({ os, architecture, variant }));
}
