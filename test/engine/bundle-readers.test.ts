import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { exportBundle } from '../../src/bundle/export-bundle.js';
import { type ArchivedImage, parseDescription } from '../../src/bundle/description.js';
import { verifyBundle } from '../../src/bundle/verify-bundle.js';
import { apptainerSystem, ensureApptainer } from '../harness/engines/apptainer.js';
import { commandInside } from '../harness/engines/inside.js';
import { ensurePodmanAndSkopeo, podmanCommand, podmanRun } from '../harness/engines/podman.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import {
  archiveWorker,
  busybox,
  buildHost,
  citation,
  connect,
  dropImage,
  engineName,
  imageExists,
  project,
  quiet,
  work,
} from './support.js';

const reference = 'test-readers:1';
const archive = 'image-linux-amd64.tar.gz';
const isAsBuilt = [
  '[ /data/hard -ef /data/ünï ] && [ "$(cat /data/kept)" = one ] && [ ! -e /data/soft ]',
  '[ "$(ls /gone)" = upper ] && [ "$GREETING" = "hello  you" ] && [ "$STARTED" = "a b" ] && [ "$PWD" = "/my app" ]',
].join(' && ');
const program = `${isAsBuilt} && id -u >"/out, 1/user" && echo "$GREETING"`;

describe(`archives from engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let place: { folder: string; dispose(): Promise<void> };
  let bundle: string;
  let file: string;
  let image: ArchivedImage;

  before(async () => {
    place = await project({
      Dockerfile: [
        `FROM ${busybox}`,
        'RUN mkdir /data /gone && echo one >/data/ünï && ln /data/ünï /data/hard && ln -s hard /data/soft && echo 1 >/gone/lower',
        'RUN rm /data/soft && ln -s hard /data/kept && rm -r /gone && mkdir /gone && echo 2 >/gone/upper',
        'RUN cp /data/hard /data/own && chown 7:8 /data/own && chmod 4750 /data/own',
        'ENV GREETING="hello  you"',
        'LABEL org.research-containers.output="/out, 1"',
        `LABEL org.research-containers.command='${JSON.stringify(['sh', '-c', program])}'`,
        'WORKDIR "/my app"',
        'ENTRYPOINT ["env", "STARTED=a b"]',
        '',
      ].join('\n'),
      'CITATION.cff': citation,
    });
    const request = { dockerfile: join(place.folder, 'Dockerfile'), tag: reference };
    await buildImage(connection, request, buildHost(place.folder), work());
    bundle = join(place.folder, 'exports', 'bundle, “Curie”');
    file = join(bundle, archive);
    const from = { projects: [place.folder], archiveWorker };
    await exportBundle(connection, { images: [reference], folder: bundle }, from, work());
    const [described] = parseDescription(await readFile(join(bundle, 'bundle.json'), 'utf8'))?.images ?? [];
    assert.ok(described !== undefined);
    image = described;
  });
  after(async () => {
    connection.dispose();
    await dropImage(reference);
    await place.dispose();
  });

  const unpackInto = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await copyFile(file, join(folder, 'image.tar.gz'));
    await runCommand(['gunzip', join(folder, 'image.tar.gz')]);
  };

  it('are loaded by the docker CLI', async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) this.skip();
    await dropImage(reference);
    const loaded = await runCommand(commandInside(running, ['docker', 'load', '--input', file]));
    assert.match(loaded, /Loaded image: test-readers:1/);
    assert.ok(await imageExists(reference));
    await runCommand(commandInside(running, ['docker', 'run', '--rm', reference, 'sh', '-c', isAsBuilt]));
  });

  // The archive has the same bytes from each engine.
  if (engineName !== '28') return;

  it('are loaded by Podman', async () => {
    await ensurePodmanAndSkopeo(() => undefined);
    const store = join(place.folder, 'podman');
    const loaded = await runCommand(podmanCommand(store, ['load', '--quiet', '--input', file]));
    const name = /Loaded image: (\S+)/.exec(loaded)?.[1] ?? '';
    assert.match(name, /test-readers:1$/);
    await runCommand(podmanCommand(store, podmanRun(name, ['sh', '-c', isAsBuilt])));
  });

  it('are read by skopeo as OCI archives and, unpacked, as docker archives', async () => {
    await ensurePodmanAndSkopeo(() => undefined);
    const folder = join(place.folder, 'skopeo');
    await unpackInto(folder);
    const read = async (source: string, name: string): Promise<{ manifest: string; blobs: string[] }> => {
      const target = join(folder, name);
      await runCommand(['skopeo', 'copy', '--quiet', source, `dir:${target}`]);
      const names = (await readdir(target)).filter((blob) => blob !== 'manifest.json' && blob !== 'version');
      const blobs = await Promise.all(names.map(async (blob) => digestOf(await readFile(join(target, blob)))));
      return { manifest: await readFile(join(target, 'manifest.json'), 'utf8'), blobs: blobs.sort() };
    };
    const asOci = await read(`oci-archive:${file}`, 'oci');
    const asDocker = await read(`docker-archive:${join(folder, 'image.tar')}`, 'docker');
    const blobs = [...new Set([image.configDigest, ...image.diffIds])].sort();
    assert.deepEqual([asOci.blobs, asDocker.blobs], [blobs, blobs]);
    assert.equal(digestOf(asOci.manifest), image.manifestDigest);
    for (const { manifest } of [asOci, asDocker]) {
      const { config, layers } = JSON.parse(manifest) as { config: { digest: string }; layers: { digest: string }[] };
      assert.deepEqual([config.digest, ...layers.map(({ digest }) => digest)], [image.configDigest, ...image.diffIds]);
    }
  });

  describe('for Apptainer', () => {
    let tree: string;
    const inSystem = (user: 'root' | 'nobody', folder: string, command: readonly string[]): Promise<string> =>
      runCommand(apptainerSystem({ tree, folder, user }, command));

    before(async function () {
      this.timeout(600_000);
      const log = (line: string): void => {
        console.log(`      ${line}`);
      };
      try {
        tree = await ensureApptainer(log);
      } catch (error) {
        log(`Debian sid's Apptainer cannot be had, and was not tried: ${String(error)}`);
        this.skip();
      }
    });

    it('are, unpacked, the same root file system by both of its transports', async () => {
      const folder = join(place.folder, 'apptainer');
      await unpackInto(folder);
      const build = async (transport: string): Promise<string[]> => {
        const source = `${transport}:image.tar`;
        await inSystem('root', folder, ['apptainer', 'build', '--sandbox', transport, source]);
        const format = '%P|%y|%m|%U:%G|%n|%l\n';
        return (await runCommand(['find', join(folder, transport), '-printf', format])).trim().split('\n').sort();
      };
      const [asOci, asDocker] = [await build('oci-archive'), await build('docker-archive')];
      assert.deepEqual(asOci, asDocker);
      // The files that name the transport.
      const apart = ['--exclude=Singularity', '--exclude=labels.json'];
      const both = [join(folder, 'oci-archive'), join(folder, 'docker-archive')];
      await runCommand(['diff', '--recursive', '--no-dereference', ...apart, ...both]);

      assert.deepEqual(
        asOci.filter((line) => /^(?:data|gone|my app)[/|]|\.wh\./.test(line)),
        [
          'data/hard|f|644|0:0|2|',
          'data/kept|l|777|0:0|1|hard',
          'data/own|f|4750|7:8|1|',
          'data/ünï|f|644|0:0|2|',
          'data|d|755|0:0|2|',
          'gone/upper|f|644|0:0|1|',
          'gone|d|755|0:0|2|',
          'my app|d|755|0:0|2|',
        ],
      );
      const readMeta = (name: string): Promise<string> =>
        readFile(join(folder, 'docker-archive', '.singularity.d', name), 'utf8');
      const labels = JSON.parse(await readMeta('labels.json')) as Record<string, string>;
      assert.equal(labels['org.research-containers.output'], '/out, 1');
      assert.deepEqual(JSON.parse(labels['org.research-containers.command'] ?? ''), ['sh', '-c', program]);
      assert.match(await readMeta('env/10-docker2singularity.sh'), /^export GREETING=.*hello {2}you/m);
      assert.match(await readMeta('runscript'), /^OCI_ENTRYPOINT='"env" "STARTED=a b"'$/m);
    });

    it('are converted and run by run.sh, whose results are the user’s', async () => {
      const folder = join(place.folder, 'exports');
      await runCommand(['chown', '--recursive', '65534:65534', folder]);
      const before = await readdir(bundle);
      const run = (...words: string[]): Promise<string> =>
        inSystem('nobody', folder, ['sh', `${basename(bundle)}/run.sh`, ...words]);
      assert.equal(await run(), 'hello  you\n');
      const made = (await readdir(bundle)).filter((name) => !before.includes(name));
      const sif = `image-linux-amd64-${/^sha256:(.{12})/.exec(image.configDigest)?.[1] ?? ''}.sif`;
      assert.deepEqual(made, [sif]);
      const result = join(folder, 'output', 'user');
      assert.equal(await readFile(result, 'utf8'), '65534\n');
      assert.equal((await stat(result)).uid, 65534);

      const { mtimeMs } = await stat(join(bundle, sif));
      const words = ['sh', '-c', 'echo "$1"; exit 7', 'x', `it's "a"  $HOME *`];
      await assert.rejects(run(...words), /ended with status 7: it's "a" {2}\$HOME \*\n/);
      assert.equal((await stat(join(bundle, sif))).mtimeMs, mtimeMs, 'it is converted once');
      const request = { folder: bundle, load: false };
      const { ok, checks } = await verifyBundle(() => Promise.resolve(connection), request, quiet, work());
      assert.ok(ok, JSON.stringify(checks));
    });
  });
});

function digestOf(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
