import { fromBinary } from '@bufbuild/protobuf';
import { type Any, StatusSchema } from '../wire_pb.js';

/** The codes of gRPC that are used here (https://grpc.io/docs/guides/status-codes/). */
export const statusCodes = { unknown: 2, notFound: 5, unimplemented: 12 } as const;

/** How a call ended that did not end well. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';

  constructor(
    readonly code: number,
    message: string,
    /** What the server adds, as it names the types (`grpc-status-details-bin`). */
    readonly details: readonly Any[] = [],
  ) {
    super(message);
  }
}

/** The trailers that say it to the other side. */
export function trailersOf(error: unknown): Record<string, string> {
  const code = error instanceof GrpcError ? error.code : statusCodes.unknown;
  const message = error instanceof Error ? error.message : String(error);
  return { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) };
}

/** Reads the trailers of an ended call: undefined for success, and for no status, which only a lost connection has. */
export function errorOf(trailers: ReadonlyMap<string, string>): GrpcError | undefined {
  const code = Number(trailers.get('grpc-status') ?? '0');
  if (code === 0) return undefined;
  const details = trailers.get('grpc-status-details-bin');
  return new GrpcError(code, unescape(trailers.get('grpc-message') ?? ''), details === undefined ? [] : read(details));
}

function read(details: string): Any[] {
  try {
    return fromBinary(StatusSchema, Buffer.from(details, 'base64')).details;
  } catch {
    // The message says what went wrong; the details only say it more exactly.
    return [];
  }
}

function unescape(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
