import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Header, pack } from 'tar-stream';
import * as v from 'valibot';
import {
  layerSearch,
  type LayerSearch,
  type LayerSecret,
  searchLayer,
  searchVersion,
} from '../../../../src/bundle/archive/layer-secrets.js';
import { tarHeader } from '../../../../src/bundle/archive/tar-format.js';
import { bytesOf, collect } from '../../../../src/engine/saved-image/tar-entries.js';
import { inChunks } from '../../chunks.js';
import { failing } from '../../failing.js';

const { signal } = new AbortController();
const token = `ghp_${'a1B2'.repeat(9)}`;
const what = 'GitHub Token';
const envWhat = 'settings with secrets of an application';

type Member = [header: Partial<Header> & { name: string }, content: string | Buffer];

const tarOf = (members: readonly Member[]): Promise<Buffer> => {
  const tar = pack();
  for (const [header, content] of members) tar.entry({ mtime: new Date(0), ...header }, content);
  tar.finalize();
  return collect(bytesOf(tar));
};

const searched = async (
  tar: Buffer,
  limits?: { texts: number; bytes: number; told: number },
  chunkSize = 65_536,
): Promise<LayerSearch> => {
  const { taken, search } = await searchLayer(inChunks(tar, chunkSize), signal, collect, limits);
  assert.ok(taken.equals(tar));
  return search;
};

const secretsOf = async (...members: Member[]): Promise<LayerSecret[]> => {
  const search = await searched(await tarOf(members));
  assert.equal(search.kind, 'whole');
  return search.secrets;
};

describe("secrets in a layer's files", () => {
  it('are found by the names of files and by their texts, sorted', async () => {
    assert.deepEqual(
      await secretsOf(
        [{ name: 'srv/b.py' }, `x = 1\n\ny = "${token}"\nz = "${token}"\n`],
        [{ name: './home/marie/.env' }, `A=1\nB=${token}\n`],
        [{ name: '/a' }, token],
      ),
      [
        { path: '/a', line: 1, what },
        { path: '/home/marie/.env', what: envWhat },
        { path: '/home/marie/.env', line: 2, what },
        { path: '/srv/b.py', line: 3, what },
        { path: '/srv/b.py', line: 4, what },
      ],
    );
  });

  const own =
    'home/marie/project/tests/a.py root/.bashrc etc/profile.d/x.sh opt/app/lib/a.js app/a srv/x work/lib/R/functions.R ' +
    'usr/src/app/config.js usr/local/bin/entrypoint.sh usr/local/etc/x usr/local/lib/R/etc/Renviron.site ' +
    'usr/lib/R/etc/Rprofile.site usr/share/nginx/html/index.html var/www/a.php var/log/x.log opt/conda/etc/x ' +
    'opt/conda/.condarc root/.m2/settings.xml home/marie/.git/config root/.cache/x etc/ssl/private/server.key ' +
    'home/marie/julia-models/test/a.jl home/marie/libs/x.py binary/x home/marie/node_modules.txt';
  for (const name of own.split(' ')) {
    it(`are looked for in what people put there: ${name}`, async () => {
      assert.deepEqual(await secretsOf([{ name }, token]), [{ path: `/${name}`, line: 1, what }]);
    });
  }

  const packages =
    'usr/lib/x/.env lib/x lib64/x usr/bin/x bin/x sbin/x usr/sbin/x usr/share/doc/x/.env usr/include/x.h ' +
    'usr/src/linux-headers-6.1/x usr/src/python/Lib/x usr/local/lib/python3.12/test/certdata/keycert.pem ' +
    'opt/venv/lib/python3.11/site-packages/x/.env home/marie/app/node_modules/ssh2/test/fixtures/id_rsa ' +
    'usr/lib/python3/dist-packages/x.py root/.pyenv/versions/3.11.7/lib/python3.11/test/keycert.pem ' +
    'tmp/Python-3.12.1/Lib/test/certdata/ssl_key.pem opt/conda/pkgs/openssl-3/x opt/conda/lib/x ' +
    'opt/conda/envs/a/lib/R/library/x/x.R home/marie/miniconda3/envs/a/share/x usr/local/lib/R/site-library/x/x.R ' +
    'home/marie/R/x86_64-pc-linux-gnu-library/4.3/x/x.R opt/R/4.3.1/lib/R/library/x/x.R srv/x/renv/library/x/x.R ' +
    'root/.julia/packages/x/x.jl opt/julia-1.10.0/share/x opt/julia/packages/x/x.jl root/.cargo/registry/src/x.rs ' +
    'usr/local/go/src/crypto/tls/testdata/key.pem go/pkg/mod/x/x.go root/.cache/pip/http/x root/.m2/repository/x ' +
    'proc/1/environ sys/x dev/x nix/store/x/x root/.git/objects/a/b etc/ssl/private/ssl-cert-snakeoil.key';
  for (const name of packages.split(' ')) {
    it(`are not looked for in what packages put there: ${name}`, async () => {
      assert.deepEqual(await secretsOf([{ name }, token]), []);
    });
  }

  it('are looked for by names only where services keep their data', async () => {
    const members = ['var/lib/git/.ssh/id_rsa', 'var/lib/git/x', 'var/cache/x', 'var/cache/.netrc'];
    assert.deepEqual(
      (await secretsOf(...members.map((name): Member => [{ name }, token]))).map(({ path, line }) => [path, line]),
      [
        ['/var/cache/.netrc', undefined],
        ['/var/lib/git/.ssh/id_rsa', undefined],
      ],
    );
  });

  it('are not what whiteouts, folders, symbolic links and empty files are called; hard links are files', async () => {
    assert.deepEqual(
      await secretsOf(
        [{ name: 'app/.wh..env' }, ''],
        [{ name: 'app/.wh.id_rsa' }, token],
        [{ name: 'app/.env/', type: 'directory' }, ''],
        [{ name: 'app/.env/x' }, 'x'],
        [{ name: 'root/.netrc', type: 'symlink', linkname: '/run/secrets/netrc' }, ''],
        [{ name: 'root/.pgpass' }, ''],
        [{ name: 'dev-null/.pypirc', type: 'character-device', devmajor: 0, devminor: 0 }, ''],
        [{ name: 'app/settings' }, `A=1\n${token}`],
        [{ name: 'srv/.env', type: 'link', linkname: 'app/settings' }, ''],
        [{ name: 'srv/last', type: 'contiguous-file' }, token],
      ),
      [
        { path: '/app/settings', line: 2, what },
        { path: '/srv/.env', what: envWhat },
        { path: '/srv/last', line: 1, what },
      ],
    );
  });

  it('are told with names that are long or not in ASCII', async () => {
    const names = [`home/${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`, 'home/Ωμέγα/ü b'];
    assert.deepEqual(
      await secretsOf(...names.map((name): Member => [{ name }, token])),
      names.map((name) => ({ path: `/${name}`, line: 1, what })),
    );
  });

  it('are told once though the tar has the file twice', async () => {
    const member: Member = [{ name: 'srv/.env' }, token];
    assert.equal((await secretsOf(member, member)).length, 2);
  });

  it('are looked for in small texts: not in bytes, nor in large files', async () => {
    const after = (start: string): string => `${start}\n${token}`;
    assert.deepEqual(
      (
        await secretsOf(
          [{ name: 'srv/bytes' }, after('x\0')],
          [{ name: 'srv/large' }, after('x'.repeat(100_000 - token.length))],
          [{ name: 'srv/latin1' }, Buffer.from(after('äöü'), 'latin1')],
          [{ name: 'srv/text' }, after('x'.repeat(100_000 - token.length - 1))],
          [{ name: 'srv/zero-later' }, after(`${'x'.repeat(8_000)}\0`)],
        )
      ).map(({ path }) => path),
      ['/srv/latin1', '/srv/text', '/srv/zero-later'],
    );
  });

  it('are never themselves in what is told', async () => {
    const secrets = [token, `glpat-${'a1B2'.repeat(5)}`, 'postgres://marie:polonium@db.example.org/x'];
    const search = await searched(await tarOf([[{ name: 'srv/.env' }, secrets.join('\n')]]));
    const written = JSON.stringify(search);
    assert.deepEqual(v.parse(layerSearch, JSON.parse(written)), search);
    assert.equal(search.kind === 'unknown' ? 0 : search.secrets.length, 4);
    for (const secret of [...secrets, 'polonium', 'a1B2']) assert.ok(!written.includes(secret));
  });

  it('are looked for up to limits, which are told', async () => {
    const tar = await tarOf([
      [{ name: 'srv/bytes' }, '\0'],
      [{ name: 'srv/a' }, token],
      [{ name: 'srv/b' }, `${token}\n${token}`],
      [{ name: 'srv/.netrc' }, 'x'],
    ]);
    const all = { texts: 3, bytes: 3 * token.length + 2, told: 4 };
    const found = async (limits: typeof all): Promise<unknown[]> => {
      const search = await searched(tar, limits);
      return [search.kind, search.kind === 'unknown' ? [] : search.secrets.map(({ path }) => path)];
    };
    assert.deepEqual(await found(all), ['whole', ['/srv/.netrc', '/srv/a', '/srv/b', '/srv/b']]);
    assert.deepEqual(await found({ ...all, texts: 1 }), ['partly', ['/srv/.netrc', '/srv/a']]);
    assert.deepEqual(await found({ ...all, bytes: 3 * token.length }), ['partly', ['/srv/.netrc', '/srv/a']]);
    assert.deepEqual(await found({ ...all, told: 3 }), ['partly', ['/srv/.netrc', '/srv/a', '/srv/b']]);
  });
});

describe('a layer that is searched for secrets', () => {
  let tar: Buffer;
  before(async () => {
    tar = await tarOf([
      [{ name: 'srv/a' }, 'x\n'.repeat(300) + token],
      [{ name: `srv/${'n'.repeat(120)}` }, Buffer.alloc(700, 1)],
      [{ name: 'srv/.env' }, `A=${token}`],
    ]);
  });
  const expected = [
    { path: '/srv/.env', what: envWhat },
    { path: '/srv/.env', line: 1, what },
    { path: '/srv/a', line: 301, what },
  ];

  for (const size of [1, 511, 512, 65_536]) {
    it(`is searched alike in chunks of ${size} bytes`, async () => {
      assert.deepEqual(await searched(tar, undefined, size), { kind: 'whole', secrets: expected });
    });
  }

  it('passes as the very chunks that came', async () => {
    const chunks = [tar.subarray(0, 700), Buffer.alloc(0), tar.subarray(700)];
    const passed: Uint8Array[] = [];
    const { taken, search } = await searchLayer(bytesOf(asStream(chunks)), signal, async (content) => {
      for await (const chunk of content) passed.push(chunk);
      return 'taken';
    });
    assert.deepEqual([taken, search], ['taken', { kind: 'whole', secrets: expected }]);
    assert.equal(passed.length, chunks.length);
    for (const [index, chunk] of chunks.entries()) assert.equal(passed[index], chunk);
  });

  it('is read no faster than it is taken', async () => {
    let read = 0;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of inChunks(tar, 512)) {
        read++;
        yield chunk;
      }
    };
    let taken = 0;
    await searchLayer(source(), signal, async (content) => {
      for await (const chunk of content) {
        assert.ok(chunk.length > 0);
        taken++;
        await new Promise(setImmediate);
        assert.equal(read, taken);
      }
    });
    assert.equal(taken, Math.ceil(tar.length / 512));
  });

  it('is unknown where it is damaged, and passes unchanged', async () => {
    const unknown: LayerSearch = { kind: 'unknown' };
    assert.deepEqual(await searched(tar.subarray(0, 700)), unknown);
    assert.deepEqual(await searched(Buffer.from('no tar '.repeat(200))), unknown);
    assert.deepEqual(await searched(Buffer.concat([tarHeader('srv/x', 9e15), tar]), undefined, 512), unknown);
    // In the second header, when the first file has been searched.
    const damaged = Buffer.from(tar);
    damaged[512 + 1024 + 10] = 0xff;
    for (const size of [100, 512, 65_536]) assert.deepEqual(await searched(damaged, undefined, size), unknown);
    // More follows than the reader has taken when it finds the damage.
    const long = Buffer.concat([damaged, Buffer.alloc(300_000)]);
    for (const size of [9_000, 20_000]) assert.deepEqual(await searched(long, undefined, size), unknown);
  });

  it('passes unchanged wherever it is damaged', async () => {
    for (let at = 0; at < tar.length; at += 127) {
      const damaged = Buffer.from(tar);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      await searched(damaged, undefined, 1_000);
    }
  });

  it('has no secrets where it is empty', async () => {
    assert.deepEqual(await searched(Buffer.alloc(1024)), { kind: 'whole', secrets: [] });
    assert.deepEqual(await searched(Buffer.alloc(0)), { kind: 'whole', secrets: [] });
  });

  it('is unknown where it is not taken to its end, and is closed', async () => {
    for (const wanted of [0, 1, 3]) {
      let isClosed = wanted === 0;
      const source = async function* (): AsyncGenerator<Uint8Array> {
        try {
          yield* inChunks(tar, 512);
        } finally {
          isClosed = true;
        }
      };
      const { taken, search } = await searchLayer(source(), signal, async (content) => {
        if (wanted === 0) return 0;
        let count = 0;
        for await (const chunk of content) if (chunk.length > 0 && ++count === wanted) break;
        return count;
      });
      assert.deepEqual([taken, search, isClosed], [wanted, { kind: 'unknown' }, true]);
    }
  });

  it("fails with the error of the one who takes it, and with its source's", async () => {
    const mine = new Error('mine');
    const failing = searchLayer(inChunks(tar, 512), signal, async (content) => {
      for await (const chunk of content) if (chunk.length > 0) throw mine;
    });
    await assert.rejects(failing, (error) => error === mine);
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(tar.subarray(0, 600));
      throw mine;
    };
    await assert.rejects(searchLayer(source(), signal, collect), (error) => error === mine);
  });

  it('is not searched further once that is cancelled', async () => {
    const early = new AbortController();
    let taken = 0;
    const searching = searchLayer(inChunks(tar, 512), early.signal, async (content) => {
      for await (const chunk of content) {
        taken += chunk.length;
        early.abort();
      }
    });
    await assert.rejects(searching, failing('cancelled'));
    assert.equal(taken, 512);
    const late = new AbortController();
    const atEnd = searchLayer(inChunks(tar, 65_536), late.signal, async (content) => {
      await collect(content);
      late.abort();
    });
    await assert.rejects(atEnd, failing('cancelled'));
  });

  it('is searched by the version of the rules that is said', () => {
    const file = 'node_modules/@secretlint/secretlint-rule-preset-recommend/package.json';
    const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(file, 'utf8')));
    assert.match(searchVersion, /^secretlint-[\d.]+-[0-9a-f]{12}$/);
    assert.equal(searchVersion.split('-')[1], version);
  });
});

async function* asStream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
