import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../../src/engine/connection.js';
import { parseHost } from '../../../src/engine/endpoint.js';
import { copyVolume, exportVolume } from '../../../src/engine/volume-archive.js';
import { type Reason } from '../../../src/host/failure.js';
import { failing } from '../failing.js';

/** A file of 1000 bytes of which an engine sends 512, for the rest is not there any more. */
const broken = Buffer.concat([header('./file', 1000), Buffer.alloc(512, 'x')]);

describe('a volume as a file, of an engine that does not send all', () => {
  const signal = new AbortController().signal;
  let folder: string;
  let out: string;
  let server: Server;
  let connection: EngineConnection;
  let heard: string[];
  let answerTar: (response: ServerResponse) => void;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    out = await mkdtemp(join(folder, 'out-'));
    const answers: Record<string, object> = {
      'GET /_ping': {},
      'GET /volumes/one': { Name: 'one', Driver: 'local' },
      'POST /volumes/create': { Name: 'two' },
      'POST /containers/create': { Id: 'carrier' },
      'POST /images/create': { status: `sha256:${'e'.repeat(64)}` },
      'PUT /containers/carrier/archive': {},
      'DELETE /containers/carrier': {},
      'DELETE /volumes/two': {},
    };
    server = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const what = `${request.method ?? ''} ${decodeURIComponent(path)}`;
      heard.push(what);
      if (what === 'GET /containers/carrier/archive') {
        answerTar(response);
        return;
      }
      request.resume();
      request.on('end', () => {
        const answer = answers[what];
        response.setHeader('Api-Version', '1.51');
        response.setHeader('Server', 'Docker/28.5.2 (linux)');
        response.statusCode = answer === undefined ? 404 : 200;
        response.end(JSON.stringify(answer ?? { message: `get two: no such volume` }));
      });
    });
    server.listen(join(folder, 'socket'));
    await once(server, 'listening');
    const endpoint = parseHost(`unix://${join(folder, 'socket')}`, undefined);
    connection = new EngineConnection({ name: 'test', source: 'setting', ...endpoint });
  });
  after(async () => {
    connection.dispose();
    server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    heard = [];
  });

  const cases: [string, Reason, (response: ServerResponse) => void][] = [
    [
      'says that a file became shorter, where the engine ends its answer as if it were whole',
      'sources-changed',
      endEarly,
    ],
    ['says that the engine is lost where the connection breaks off', 'engine-lost', breakOff],
  ];
  for (const [what, reason, answer] of cases) {
    it(what, async () => {
      answerTar = answer;
      for (const name of ['one.tar', 'one.tar.gz']) {
        const exporting = exportVolume(connection, 'one', { file: join(out, name), existing: 'fail', signal });
        await assert.rejects(exporting, failing(reason));
      }
      assert.deepEqual(await readdir(out), []);
      assert.equal(heard.filter((line) => line === 'DELETE /containers/carrier').length, 2);
      heard = [];
      const copying = copyVolume(connection, 'one', 'two', { signal });
      await assert.rejects(copying, failing(reason));
      assert.equal(heard.filter((line) => line === 'DELETE /containers/carrier').length, 2);
      assert.equal(heard.at(-1), 'DELETE /volumes/two');
    });
  }
});

function endEarly(response: ServerResponse): void {
  response.end(broken);
}

function breakOff(response: ServerResponse): void {
  response.write(broken, () => response.destroy());
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        0', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
