/** A piece of a container's output. */
export interface OutputChunk {
  stream: 'stdout' | 'stderr';
  data: Buffer;
}

const headerLength = 8;

/**
 * Splits the engine's multiplexed stream (attach and logs of a container without a TTY) into stdout and stderr: frames
 * of `[stream, 0, 0, 0, size as 32-bit big endian]` and payload. Payload is handed on as it arrives, whole frames are
 * never waited for.
 */
export async function* demultiplex(source: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk> {
  const header = Buffer.alloc(headerLength);
  let headerFilled = 0;
  let remaining = 0;
  for await (const chunk of source) {
    const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < data.length) {
      if (remaining === 0) {
        const taken = data.copy(header, headerFilled, at, at + headerLength - headerFilled);
        headerFilled += taken;
        at += taken;
        if (headerFilled === headerLength) {
          remaining = header.readUInt32BE(4);
          headerFilled = 0;
        }
        continue;
      }
      const end = Math.min(data.length, at + remaining);
      yield { stream: header[0] === 2 ? 'stderr' : 'stdout', data: data.subarray(at, end) };
      remaining -= end - at;
      at = end;
    }
  }
}
