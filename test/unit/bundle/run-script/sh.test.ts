import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchivedImage } from '../../../../src/bundle/description.js';
import { archiveSha256, ScriptFolder } from './script-folder.js';
import { forArm, image } from './script-images.js';

const sif = `image-linux-amd64-${'c'.repeat(12)}.sif`;

describe('run.sh', function () {
  let place: ScriptFolder;

  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  beforeEach(async () => {
    place = await ScriptFolder.make();
  });

  afterEach(async () => {
    await place.remove();
  });

  it('loads the image and runs it with its results bound', async () => {
    await place.installEngine('docker');
    const { code, stdout, stderr } = await place.run([image]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await place.calls(), [
      ['docker', 'image', 'inspect', '--format', '{{.Id}}', 'study:1'],
      ['docker', 'load', '--input', join(place.folder, image.file)],
      ['docker', 'run', '--mount', place.bind, '--rm', '--pull=never', 'study:1', 'python', "it's.py"],
    ]);
    assert.equal(stdout, 'results\n', 'only the program writes to stdout');
    assert.ok(existsSync(place.output));
    assert.match(stderr, /Done\. The results are in/);
    assert.doesNotMatch(stderr, /Warning|Note/);
  });

  for (const [name, id] of [
    ['configuration', image.configDigest],
    ['manifest', image.manifestDigest],
    ['configuration as Podman writes it', 'c'.repeat(64)],
  ] as const) {
    it(`does not load what the engine has by the digest of its ${name}`, async () => {
      await place.installEngine('docker', { id });
      assert.equal((await place.run([image])).code, 0);
      assert.deepEqual(await place.verbs(), ['docker image', 'docker run']);
    });
  }

  it('loads the image where another one has its name', async () => {
    await place.installEngine('docker', { id: `sha256:${'f'.repeat(64)}` });
    assert.equal((await place.run([image])).code, 0);
    assert.deepEqual(await place.verbs(), ['docker image', 'docker load', 'docker run']);
  });

  it('stops at a damaged archive before anything is loaded', async () => {
    await place.installEngine('docker', { id: image.configDigest });
    await writeFile(join(place.folder, image.file), 'cut off');
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /image-linux-amd64\.tar\.gz is damaged: its sha256 is [0-9a-f]{64}, and SHA256SUMS has/);
    assert.match(stderr, /Download it again/);
    assert.deepEqual(await place.calls(), []);
  });

  for (const [what, prepare, message] of [
    ['no archive', () => rm(join(place.folder, image.file)), /image-linux-amd64\.tar\.gz is not here/],
    ['no SHA256SUMS', () => rm(join(place.folder, 'SHA256SUMS')), /SHA256SUMS is not here/],
    [
      'an archive that is not listed',
      () => place.writeSums(`${archiveSha256}  x${image.file}\n`),
      /SHA256SUMS does not list image-linux-amd64/,
    ],
  ] as const) {
    it(`stops at ${what}`, async () => {
      await place.installEngine('docker');
      await prepare();
      const { code, stderr } = await place.run([image]);
      assert.equal(code, 125);
      assert.match(stderr, message);
      assert.deepEqual(await place.calls(), []);
    });
  }

  it('reads sums that were made of binary files and end without a newline', async () => {
    await place.installEngine('docker');
    await place.writeSums(`${archiveSha256} *${image.file}`);
    assert.equal((await place.run([image])).code, 0);
  });

  it('warns where no program can check, and goes on', async () => {
    await place.installEngine('docker');
    await rm(join(place.programs, 'sha256sum'), { force: true });
    await rm(join(place.programs, 'shasum'), { force: true });
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 0);
    assert.match(stderr, /Warning: image-linux-amd64\.tar\.gz is not checked/);
  });

  it('takes Podman where only that is there', async () => {
    await place.installEngine('podman');
    assert.equal((await place.run([image])).code, 0);
    assert.deepEqual(await place.verbs(), ['podman image', 'podman load', 'podman run']);
    assert.ok((await place.calls())[2]?.join(' ').includes('--security-opt label=disable study:1'));
  });

  for (const [how, calledItself] of [
    ['a script that calls it', 'podman version 5.4.2'],
    ['a link to it', 'docker version 5.4.2'],
  ] as const) {
    it(`takes Podman where it stands in for docker, by ${how}`, async () => {
      await place.installEngine('docker', { calledItself });
      await place.installEngine('podman', { id: image.configDigest });
      assert.equal((await place.run([image], [], { GPUS: 'all' })).code, 0);
      assert.deepEqual(await place.verbs(), ['podman image', 'podman run']);
      assert.ok((await place.calls())[1]?.join(' ').includes('--device nvidia.com/gpu=all study:1'));
    });
  }

  it('takes Podman where Docker does not answer', async () => {
    await place.installEngine('docker', { answers: false });
    await place.installEngine('podman');
    assert.equal((await place.run([image])).code, 0);
    assert.equal((await place.verbs()).at(-1), 'podman run');
  });

  it('says what to do where an engine is there and does not answer', async () => {
    await place.installEngine('docker', { answers: false });
    await place.installEngine('podman', { answers: false });
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /The engine of docker and podman does not answer\.\nStart it/);
  });

  it('says what to install where there is nothing', async () => {
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /Neither docker nor podman nor apptainer is installed/);
    assert.match(stderr, /Install one/);
    assert.ok(!existsSync(place.output));
  });

  it('unpacks and converts the archive for Apptainer', async () => {
    await place.installApptainer();
    const { code, stderr } = await place.run([image], [], { GPUS: 'all' });
    assert.equal(code, 0, stderr);
    assert.deepEqual(await place.calls(), [
      ['apptainer', 'build', 'image-linux-amd64.partial.sif', 'oci-archive:image-linux-amd64.partial.tar'],
      [
        ...['apptainer', 'run', '--mount', place.bind, '--compat', '--pwd', '/my app', '--nv'],
        ...[join(place.folder, sif), 'python', "it's.py"],
      ],
    ]);
    assert.deepEqual((await readdir(place.folder)).sort(), ['SHA256SUMS', sif, image.file, 'output', 'run.sh']);
  });

  it('converts the archive for Apptainer only once', async () => {
    await place.installApptainer();
    await writeFile(join(place.folder, sif), '');
    assert.equal((await place.run([image], ['a b'])).code, 0);
    assert.deepEqual(await place.calls(), [
      ['apptainer', 'run', '--mount', place.bind, '--compat', '--pwd', '/my app', join(place.folder, sif), 'a b'],
    ]);
  });

  it('leaves to Apptainer where to start what no folder is known of', async () => {
    await place.installApptainer();
    assert.equal((await place.run([{ ...image, workingFolder: undefined }])).code, 0);
    assert.deepEqual((await place.calls())[1]?.slice(4, 6), ['--compat', join(place.folder, sif)]);
  });

  it('gives Apptainer an archive as it is where it is not compressed', async () => {
    await place.installApptainer();
    const plain = { ...image, file: 'image-linux-amd64.tar' };
    await writeFile(join(place.folder, plain.file), 'a tar');
    await place.writeSums(`${createHash('sha256').update('a tar').digest('hex')}  ${plain.file}\n`);
    const { code, stderr } = await place.run([plain]);
    assert.equal(code, 0, stderr);
    assert.equal((await place.calls())[0]?.at(-1), 'oci-archive:image-linux-amd64.tar');
    assert.ok(existsSync(join(place.folder, plain.file)));
  });

  it('leaves nothing of a conversion that failed', async () => {
    await place.installApptainer(false);
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /Apptainer could not convert image-linux-amd64\.tar\.gz/);
    assert.deepEqual(await place.verbs(), ['apptainer build']);
    assert.deepEqual((await readdir(place.folder)).sort(), ['SHA256SUMS', image.file, 'output', 'run.sh']);
  });

  it('hands on other words as they are, in place of the command', async () => {
    await place.installEngine('docker', { id: image.configDigest });
    const words = ['a b', `"quoted" 'twice'`, '$HOME `id`', '', '*', '--rm', 'line\nbreak', 'É'];
    assert.equal((await place.run([image], words)).code, 0);
    assert.deepEqual((await place.calls())[1]?.slice(-words.length - 1), ['study:1', ...words]);
  });

  it('ends with the exit code of the program', async () => {
    await place.installEngine('docker', { id: image.configDigest, code: 42 });
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 42);
    assert.match(stderr, /ended with exit code 42/);
  });

  it('stops where the engine cannot load the archive', async () => {
    await place.installEngine('docker', { loads: false });
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /docker could not load/);
    assert.deepEqual(await place.verbs(), ['docker image', 'docker load']);
  });

  it('takes the image for this machine', async () => {
    await place.installEngine('docker', { id: image.configDigest });
    assert.equal((await place.run([forArm, image])).code, 0);
    const { code, stderr } = await place.run([forArm]);
    assert.equal(code, 125);
    assert.match(stderr, /Warning: this machine is linux\/amd64, the image is for linux\/arm64/);
    assert.match(stderr, /image-linux-arm64\.tar\.gz is not here/);
  });

  it('asks the engine for the platform of an image for other machines', async () => {
    await place.installEngine('docker', { id: image.configDigest });
    await place.install('uname', 'case $1 in -s) echo Darwin ;; -m) echo arm64 ;; esac');
    assert.equal((await place.run([image])).code, 0);
    assert.ok((await place.calls())[1]?.join(' ').includes('--platform linux/amd64 study:1'));
    await place.install('uname', 'case $1 in -s) echo Linux ;; -m) echo riscv64 ;; esac');
    assert.match((await place.run([image])).stderr, /this machine is linux\/riscv64/);
  });

  it('gives the program the GPUs that are asked for', async () => {
    await place.installEngine('docker', { id: image.configDigest });
    await place.run([image], [], { GPUS: 'all' });
    await rm(join(place.programs, 'docker'));
    await place.installEngine('podman', { id: image.configDigest });
    await place.run([image], [], { GPUS: 'all' });
    const [docker, podman] = (await place.calls()).filter(([, verb]) => verb === 'run').map((call) => call.join(' '));
    assert.ok(docker?.includes('--gpus all study:1'));
    assert.ok(podman?.includes('--device nvidia.com/gpu=all study:1'));
  });

  it('says that results join those that are there', async () => {
    await place.installEngine('docker', { id: image.configDigest });
    await mkdir(place.output);
    await writeFile(join(place.output, '.earlier'), '');
    assert.match((await place.run([image])).stderr, /Note: .*output is not empty/);
  });

  it('lets nothing of the image run in the shell', async () => {
    const trap = `'; touch "${place.root}/trapped"; $(touch "${place.root}/trapped") \`touch "${place.root}/trapped"\` #\n`;
    const odd: ArchivedImage = {
      ...image,
      reference: trap,
      target: `/a,"b"${trap}`,
      workingFolder: trap,
      command: [trap, '', '-n'],
    };
    await place.installEngine('docker', { id: image.configDigest });
    const { code, stderr } = await place.run([odd]);
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(join(place.root, 'trapped')));
    assert.deepEqual((await place.calls())[1]?.slice(-4), [trap, trap, '', '-n']);
  });

  it('sends those who use a shell on Windows to run.ps1', async () => {
    await place.install('uname', 'echo MINGW64_NT-10.0');
    const { code, stderr } = await place.run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /powershell -ExecutionPolicy Bypass -File run\.ps1/);
  });

  it('says that there is no image where there is none', async () => {
    const { code, stderr } = await place.run([]);
    assert.equal(code, 125);
    assert.match(stderr, /No image belongs to this script/);
  });
});
