import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { cancelled } from '../../host/failure.js';
import { type EngineConnection, streamFailure } from '../connection.js';
import { parseJson } from '../json.js';
import { GrpcClient } from './grpc/client.js';
import { GrpcError } from './grpc/status.js';
import { type BuildOutcome, exporterAttributes, frontendAttributes, type ImageBuild } from './image-build.js';
import { type BuildClient, dialOver, type DialSession, openBuildSession } from './session.js';
import { type TraceEvent, traceOf } from './trace.js';
import {
  type Any,
  SolveRequestSchema,
  SolveResponseSchema,
  StatusRequestSchema,
  StatusResponseSchema,
} from './wire_pb.js';

/** BuildKit's control API, and the way that goes with it for BuildKit to call back. */
export interface Control {
  client: GrpcClient;
  dialSession: DialSession;
}

/** `POST /grpc` and `POST /session` upgraded to h2c. */
export async function openControl(connection: EngineConnection, signal: AbortSignal): Promise<Control> {
  const socket = await connection.hijack({ method: 'POST', path: '/grpc', headers: { Upgrade: 'h2c' }, signal });
  return { client: new GrpcClient(socket), dialSession: dialOver(connection) };
}

/** How long the last words of a build are waited for when it is over, in milliseconds: as long as buildx waits. */
const lastWords = 3000;

/** Builds over BuildKit's control API: every platform in one build where the store takes an index. */
export async function buildOverGrpc(
  connection: EngineConnection,
  { client: control, dialSession }: Control,
  build: ImageBuild,
  client: BuildClient,
  onTrace: (event: TraceEvent) => void,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const configDigests: string[] = [];
  const session = await openBuildSession(dialSession, client, signal);
  const ref = randomBytes(16).toString('hex');
  const over = new AbortController();
  const following = followStatus(
    control,
    ref,
    (event) => {
      if (event.kind === 'status') configDigests.push(...configDigestIn(event.name));
      onTrace(event);
    },
    AbortSignal.any([signal, over.signal]),
  );
  try {
    const { exporterResponse } = await control.call(
      '/moby.buildkit.v1.Control/Solve',
      [
        SolveRequestSchema,
        {
          ref,
          session: session.id,
          frontend: 'dockerfile.v0',
          frontendAttributes: frontendAttributes(build),
          exporter: 'moby',
          exporterAttributes: exporterAttributes(build),
        },
      ],
      SolveResponseSchema,
      signal,
    );
    await settled(following, over);
    const imageId = exporterResponse['containerimage.digest'] ?? '';
    return { kind: 'built', imageId, configDigests: unique(configDigests, imageId) };
  } catch (error) {
    if (signal.aborted) throw cancelled('The build');
    if (!(error instanceof GrpcError)) throw streamFailure(error, connection, 'The build', signal);
    await settled(following, over);
    return { kind: 'failed', text: error.message, ...placeIn(error.details) };
  } finally {
    over.abort();
    session.dispose();
    await following;
  }
}

/** What the exporter says of each configuration it writes. */
export function configDigestIn(notice: string): string[] {
  const digest = /^exporting config (sha256:[0-9a-f]{64})/.exec(notice)?.[1];
  return digest === undefined ? [] : [digest];
}

/** A classic store says nothing of configurations: there the image is called by it. Notices come more than once. */
export function unique(configDigests: readonly string[], imageId: string): string[] {
  return configDigests.length === 0 ? [imageId] : [...new Set(configDigests)];
}

async function followStatus(
  control: GrpcClient,
  ref: string,
  onTrace: (event: TraceEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const answers = control.stream(
      '/moby.buildkit.v1.Control/Status',
      [StatusRequestSchema, { ref }],
      StatusResponseSchema,
      signal,
    );
    for await (const response of answers) for (const event of traceOf(response)) onTrace(event);
  } catch {
    // The build itself says how it ended; this only tells of it.
  }
}

async function settled(following: Promise<void>, over: AbortController): Promise<void> {
  const timer = setTimeout(() => {
    over.abort();
  }, lastWords);
  await following;
  clearTimeout(timer);
}

const source = v.object({
  ranges: v.pipe(v.array(v.object({ start: v.object({ line: v.number() }) })), v.minLength(1)),
});
const vertex = v.object({ digest: v.string() });

/** BuildKit's typed details (`solver/errdefs`), whose values are JSON. */
function placeIn(details: readonly Any[]): { step: string | undefined; line: number | undefined } {
  const find = <Schema extends v.GenericSchema>(type: string, schema: Schema): v.InferOutput<Schema> | undefined => {
    for (const { typeUrl, value } of details) {
      const parsed = typeUrl.endsWith(type) ? parseJson(schema, Buffer.from(value).toString()) : undefined;
      if (parsed !== undefined) return parsed;
    }
    return undefined;
  };
  return {
    step: find('errdefs.Vertex+json', vertex)?.digest,
    line: find('errdefs.Source+json', source)?.ranges[0]?.start.line,
  };
}
