import assert from 'node:assert/strict';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Builder } from '../../src/engine/build.js';
import { type SyncObserver } from '../../src/engine/buildkit/file-sync/file-sync.js';
import { type BuildOutcome, type ImageBuild } from '../../src/engine/buildkit/image-build.js';
import { type BuildClient } from '../../src/engine/buildkit/session.js';
import { type TraceEvent } from '../../src/engine/buildkit/trace.js';
import { type EngineConnection } from '../../src/engine/connection.js';
import { inspectImage, removeImage } from '../../src/engine/images.js';
import { parseReference, type Reference } from '../../src/image/reference.js';
import { busybox, failsWith, project } from './support.js';

const signal = new AbortController().signal;

/** What every way of building must do, whatever the engine speaks. */
export function itBuilds(
  open: () => Promise<{ connection: EngineConnection; builder: Builder; close: () => Promise<void> }>,
  takes: { secrets: boolean; cacheMounts: boolean },
): void {
  let connection: EngineConnection;
  let builder: Builder;
  let place: Awaited<ReturnType<typeof project>>;
  let sent: string[];
  let close: () => Promise<void>;
  before(async () => {
    ({ connection, builder, close } = await open());
  });
  after(async () => {
    await removeImage(connection, tag);
    builder.dispose();
    await close();
  });
  beforeEach(() => {
    sent = [];
  });
  afterEach(() => place.dispose());

  const tag = 'test-ways:built';
  const build = async (
    request: Partial<ImageBuild> = {},
    options: { signal?: AbortSignal; secret?: BuildClient['secret']; onTrace?: (event: TraceEvent) => void } = {},
  ): Promise<BuildOutcome> => {
    const observer: SyncObserver = {
      onEntries: () => undefined,
      onSent: ({ path }) => sent.push(path),
      onFailure: () => undefined,
    };
    const client: BuildClient = {
      folders: new Map([
        ['context', { path: place.folder, unseen: '.research-containers', observer }],
        ['dockerfile', { path: place.folder, unseen: '.research-containers' }],
      ]),
      sharedKey: place.folder,
      secret: options.secret ?? (() => Promise.resolve(undefined)),
      credentials: () => Promise.resolve(undefined),
    };
    const all: ImageBuild = {
      dockerfile: 'Dockerfile',
      platforms: [],
      reference: reference(tag),
      target: undefined,
      buildArguments: {},
      labels: {},
      noCache: false,
      ...request,
    };
    const dockerfile = join(place.folder, 'Dockerfile');
    return builder.build(all, client, dockerfile, options.onTrace ?? (() => undefined), options.signal ?? signal);
  };
  const built = (outcome: BuildOutcome): BuildOutcome & { kind: 'built' } => {
    assert.ok(outcome.kind === 'built', outcome.kind === 'failed' ? outcome.text : '');
    return outcome;
  };

  it('builds with arguments, labels and a target, and says which configuration it built', async () => {
    place = await project({
      Dockerfile: `FROM ${busybox} AS first\nARG WORD\nRUN test "$WORD" = "two words"\nFROM first\nRUN false\n`,
    });
    const outcome = built(
      await build({ target: 'first', buildArguments: { WORD: 'two words' }, labels: { 'a.b': 'ü "x"' } }),
    );
    const details = await inspectImage(connection, tag);
    assert.equal(details.id, outcome.imageId);
    assert.equal(details.labels['a.b'], 'ü "x"');
    assert.equal(outcome.configDigests.length, 1);
  });

  it('reads .dockerignore as docker does, and a Dockerfile that it leaves out', async () => {
    place = await project({
      Dockerfile: `FROM ${busybox}\nCOPY . /app\nRUN ls -A /app | sort | tr '\\n' ' ' > /list\nRUN test "$(cat /list)" = ".dockerignore a.txt data link "\nRUN test "$(ls /app/data)" = keep\n`,
      '.dockerignore': 'Dockerfile\ndata\n!data/keep\n**/*.pyc\n',
      'a.txt': 'x',
      'b.pyc': 'x',
      'data/raw': 'x',
      'data/keep': 'x',
      '.research-containers/x': 'x',
    });
    await symlink('a.txt', join(place.folder, 'link'));
    built(await build());
  });

  it('says which step failed in its own words', async () => {
    place = await project({ Dockerfile: `FROM ${busybox}\nRUN echo to be seen && exit 9\n` });
    let output = '';
    const names: string[] = [];
    const outcome = await build(
      {},
      {
        onTrace: (event) => {
          if (event.kind === 'output') output += event.text.toString();
          if (event.kind === 'step' && event.error !== undefined) names.push(event.name);
        },
      },
    );
    assert.ok(outcome.kind === 'failed');
    assert.match(outcome.text, /9/);
    assert.match(output, /to be seen/);
    assert.match(names.join(), /RUN echo to be seen/);
  });

  it('ends at once when it is cancelled', async () => {
    place = await project({ Dockerfile: `FROM ${busybox}\nRUN echo begun && sleep 300\n` });
    const abort = new AbortController();
    const onTrace = (event: TraceEvent): void => {
      if (event.kind === 'output' && event.text.includes('begun')) abort.abort();
    };
    await assert.rejects(build({ noCache: true }, { signal: abort.signal, onTrace }), failsWith('cancelled'));
  });

  if (takes.secrets) {
    it('hands a secret to the step that mounts it, and to no layer', async () => {
      place = await project({
        Dockerfile: `FROM ${busybox}\nRUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = hush\nRUN test ! -s /run/secrets/token\n`,
      });
      const asked: string[] = [];
      const secret = (id: string): Promise<Buffer> => {
        asked.push(id);
        return Promise.resolve(Buffer.from('hush'));
      };
      built(await build({ noCache: true }, { secret }));
      assert.deepEqual(asked, ['token']);
    });

    it('says which secret is missing', async () => {
      place = await project({
        Dockerfile: `FROM ${busybox}\nRUN --mount=type=secret,id=token,required cat /run/secrets/token\n`,
      });
      const outcome = await build({ noCache: true });
      assert.ok(outcome.kind === 'failed');
      assert.match(outcome.text, /secret token(?:: | not found: )not found/);
    });

    it('sends what the build needs and what changed, and nothing else', async () => {
      place = await project({
        Dockerfile: `FROM ${busybox}\nCOPY src /src\n`,
        'src/a': 'one',
        'src/b': 'two',
        'data/huge': 'not needed',
      });
      built(await build());
      assert.deepEqual(sent.sort(), ['src/a', 'src/b']);
      sent = [];
      built(await build());
      assert.deepEqual(sent, []);
      await writeFile(join(place.folder, 'src/b'), 'three');
      built(await build());
      assert.deepEqual(sent, ['src/b']);
      await rm(join(place.folder, 'src/a'));
      await writeFile(join(place.folder, 'Dockerfile'), `FROM ${busybox}\nCOPY src /src\nRUN test ! -e /src/a\n`);
      built(await build());
    });

    it('keeps names in any script, large files, empty ones and second names of a file', async () => {
      const large = Buffer.alloc(3_000_001, 'abcdefg');
      place = await project({
        Dockerfile: `FROM ${busybox}\nCOPY . /c\nRUN cd /c && test "$(cat 'данные, 1 %41.txt')" = числа && test -f empty && test $(wc -c < large) = 3000001 && cmp large 'zweite Größe'\n`,
        'данные, 1 %41.txt': 'числа',
        empty: '',
      });
      await writeFile(join(place.folder, 'large'), large);
      await writeFile(join(place.folder, 'zweite Größe'), large);
      built(await build());
    });
  }

  if (takes.cacheMounts) {
    it('knows cache and bind mounts, and copies from other images', async () => {
      place = await project({
        Dockerfile: `FROM ${busybox} AS made\nRUN echo x > /made\nFROM ${busybox}\nCOPY --from=made /made /copied\nCOPY --from=${busybox} /bin/busybox /other\nRUN --mount=type=cache,target=/cache touch /cache/x\nRUN --mount=type=bind,source=data,target=/data cat /data/file\n`,
        'data/file': 'bound',
      });
      built(await build({ noCache: true }));
    });
  }
}

function reference(text: string): Reference {
  const parsed = parseReference(text);
  assert.ok(parsed.ok);
  return parsed.reference;
}
