import { fromBinary } from '@bufbuild/protobuf';
import { type StatusResponse, StatusResponseSchema, type Timestamp } from './wire_pb.js';

/** What BuildKit tells of a running build. */
export type TraceEvent =
  /** A step begins, ends, or is taken from the cache; times in milliseconds since 1970. */
  | {
      kind: 'step';
      id: string;
      /** As BuildKit writes it: `[2/4] RUN make`. */
      name: string;
      cached: boolean;
      started: number | undefined;
      completed: number | undefined;
      error: string | undefined;
    }
  /** Output of a step, cut anywhere. */
  | { kind: 'output'; id: string; text: Buffer }
  /** Progress inside a step: bytes where a total is known, else a notice such as `exporting manifest sha256:…`. */
  | { kind: 'status'; id: string; name: string; current: number; total: number; completed: boolean }
  /** A warning about the Dockerfile, with its line counted from 1 where BuildKit says it. */
  | { kind: 'warning'; message: string; url: string; line: number | undefined };

/** Reads one `moby.buildkit.trace` of the engine's stream: a StatusResponse of BuildKit's control API in base64. */
export function readTrace(aux: string): TraceEvent[] {
  return traceOf(fromBinary(StatusResponseSchema, Buffer.from(aux, 'base64')));
}

export function traceOf(response: StatusResponse): TraceEvent[] {
  return [
    ...response.vertexes.map((vertex): TraceEvent => ({
      kind: 'step',
      id: vertex.digest,
      name: vertex.name,
      cached: vertex.cached,
      started: milliseconds(vertex.started),
      completed: milliseconds(vertex.completed),
      error: vertex.error === '' ? undefined : vertex.error,
    })),
    ...response.statuses.map((status): TraceEvent => ({
      kind: 'status',
      id: status.vertex,
      name: status.id,
      current: Number(status.current),
      total: Number(status.total),
      completed: status.completed !== undefined,
    })),
    ...response.logs.map((log): TraceEvent => ({ kind: 'output', id: log.vertex, text: Buffer.from(log.msg) })),
    ...response.warnings.map((warning): TraceEvent => ({
      kind: 'warning',
      message: new TextDecoder().decode(warning.short),
      url: warning.url,
      line: warning.ranges[0]?.start?.line,
    })),
  ];
}

function milliseconds(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : Number(time.seconds) * 1000 + time.nanos / 1e6;
}
