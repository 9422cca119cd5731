import assert from 'node:assert/strict';
import { create, toBinary } from '@bufbuild/protobuf';
import { readTrace } from '../../../src/engine/buildkit/trace.js';
import { StatusResponseSchema } from '../../../src/engine/buildkit/wire_pb.js';

describe("BuildKit's trace", () => {
  it('becomes events', () => {
    const bytes = toBinary(
      StatusResponseSchema,
      create(StatusResponseSchema, {
        vertexes: [{ digest: 'd1', name: '[1/2] FROM x', started: { seconds: 10n, nanos: 500_000_000 }, error: '' }],
        statuses: [{ id: 'exporting config sha256:1', vertex: 'd1', current: 3n, total: 9n }],
        logs: [{ vertex: 'd1', msg: new Uint8Array([104, 105]) }],
        warnings: [{ short: new TextEncoder().encode('careful'), url: 'https://x', ranges: [{ start: { line: 4 } }] }],
      }),
    );
    assert.deepEqual(readTrace(Buffer.from(bytes).toString('base64')), [
      {
        kind: 'step',
        id: 'd1',
        name: '[1/2] FROM x',
        cached: false,
        started: 10_500,
        completed: undefined,
        error: undefined,
      },
      { kind: 'status', id: 'd1', name: 'exporting config sha256:1', current: 3, total: 9, completed: false },
      { kind: 'output', id: 'd1', text: Buffer.from('hi') },
      { kind: 'warning', message: 'careful', url: 'https://x', line: 4 },
    ]);
  });
});
