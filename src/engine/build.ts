import { Failure } from '../host/failure.js';
import { formatPlatform } from '../image/platform.js';
import { buildOverGrpc, openControl } from './buildkit/build-over-grpc.js';
import { buildOverRest } from './buildkit/build-over-rest.js';
import { type GrpcClient } from './buildkit/grpc/client.js';
import { type BuildOutcome, type ImageBuild } from './buildkit/image-build.js';
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

/** Finds out how an engine builds. */
export async function openBuilder(connection: EngineConnection, signal: AbortSignal): Promise<Builder> {
  const { product } = await identify(connection, signal);
  if (product === 'Podman') return builderOf(connection, 'classic', undefined);
  try {
    return builderOf(connection, 'grpc', await openControl(connection, signal));
  } catch (error) {
    if (error instanceof Failure && error.reason === 'engine-refused') return builderOf(connection, 'rest', undefined);
    throw error;
  }
}

/** A builder of a given way; `grpc` takes the opened control API and disposes of it. */
export function builderOf(connection: EngineConnection, way: BuildWay, control: GrpcClient | undefined): Builder {
  return {
    way,
    platforms: async (signal) => {
      if (control === undefined) return undefined;
      const { record } = await control.call(
        '/moby.buildkit.v1.Control/ListWorkers',
        [ListWorkersRequestSchema, {}],
        ListWorkersResponseSchema,
        signal,
      );
      const all = record.flatMap((worker) => worker.platforms);
      return all.map(({ os, architecture, variant }) => formatPlatform({ os, architecture, variant }));
    },
    build: (build, client, dockerfile, onTrace, signal) => {
      if (control !== undefined) return buildOverGrpc(connection, control, build, client, onTrace, signal);
      return way === 'rest'
        ? buildOverRest(connection, build, client, onTrace, signal)
        : buildClassically(connection, build, client, dockerfile, onTrace, signal);
    },
    dispose: () => {
      control?.dispose();
    },
  };
}
