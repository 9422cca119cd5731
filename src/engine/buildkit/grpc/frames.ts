/**
 * The length-prefixed messages of gRPC over HTTP/2: one flag byte, the length in 32 bits, the bytes
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(prefixLength + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefixLength);
  return framed;
}

/** Bytes before each message. */
const prefixLength = 5;

/** Reads the messages of a stream, however it is cut; what is unfinished at its end is dropped. */
export async function* readFrames(stream: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= prefixLength) {
      const end = prefixLength + rest.readUInt32BE(1);
      if (rest.length < end) break;
      yield rest.subarray(prefixLength, end);
      rest = rest.subarray(end);
    }
  }
}
