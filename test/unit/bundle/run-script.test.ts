import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ArchivedImage } from '../../../src/bundle/description.js';
import { formatRunPowerShell, formatRunScript } from '../../../src/bundle/run-script.js';

const image: ArchivedImage = {
  file: 'image-linux-amd64.tar.gz',
  reference: 'study:1',
  platform: 'linux/amd64',
  configDigest: `sha256:${'c'.repeat(64)}`,
  manifestDigest: `sha256:${'d'.repeat(64)}`,
  diffIds: [],
  tarSha256: 'e'.repeat(64),
  tarBytes: 1,
  target: '/out put',
  command: ['python', "it's.py"],
};
const forArm: ArchivedImage = { ...image, file: 'image-linux-arm64.tar.gz', platform: 'linux/arm64' };
const archive = gzipSync('a tar');
const sif = `image-linux-amd64-${'c'.repeat(12)}.sif`;
const sha256 = createHash('sha256').update(archive).digest('hex');

describe('run.sh', function () {
  let root: string;
  let folder: string;
  let programs: string;
  let output: string;

  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'run-script-')));
    folder = join(root, 'bundle, “Curie”');
    programs = join(root, 'programs');
    output = join(folder, 'output');
    await mkdir(folder);
    await mkdir(programs);
    for (const tool of ['dirname', 'gzip', 'ls', 'mkdir', 'mv', 'rm', 'sed', 'sha256sum', 'shasum', 'perl']) {
      const found = (process.env['PATH'] ?? '').split(delimiter).find((path) => existsSync(join(path, tool)));
      if (found !== undefined) await symlink(join(found, tool), join(programs, tool));
    }
    await install('uname', 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; *) exit 99 ;; esac');
    await writeFile(join(folder, image.file), archive);
    await writeFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  other\n${sha256}  ${image.file}\n`);
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  async function install(name: string, script: string): Promise<void> {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs, name), 0o755);
  }

  /** An engine that notes its words, and knows only the calls that a bundle needs. */
  async function installEngine(
    name: 'docker' | 'podman',
    {
      id,
      code = 0,
      answers = true,
      loads = true,
    }: { id?: string; code?: number; answers?: boolean; loads?: boolean } = {},
  ): Promise<void> {
    await install(
      name,
      [
        `{ printf '%s\\037' ${name} "$@"; printf '\\036'; } >>'${root}/calls'`,
        'case $1 in',
        `  version) exit ${answers ? 0 : 1} ;;`,
        `  image) ${id === undefined ? 'exit 1' : `echo ${id}`} ;;`,
        `  load) exit ${loads ? 0 : 1} ;;`,
        `  run) echo results; exit ${code} ;;`,
        '  *) exit 99 ;;',
        'esac',
      ].join('\n'),
    );
  }

  async function installApptainer(builds = true): Promise<void> {
    await install(
      'apptainer',
      [
        `{ printf '%s\\037' apptainer "$@"; printf '\\036'; } >>'${root}/calls'`,
        'case $1 in',
        // The archive that it is given must be there, and be no gzip any more.
        `  build) [ "$(read -r line <"\${3#oci-archive:}"; echo "$line")" = 'a tar' ] || exit 98; echo sif >"$2"; exit ${builds ? 0 : 1} ;;`,
        '  run) ;;',
        '  *) exit 99 ;;',
        'esac',
      ].join('\n'),
    );
  }

  interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
  }

  async function run(
    images: readonly ArchivedImage[],
    words: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<Ended> {
    await writeFile(join(folder, 'run.sh'), formatRunScript(images));
    return new Promise((resolve, reject) => {
      const shell = spawn('/bin/sh', ['run.sh', ...words], { cwd: folder, env: { PATH: programs, ...env } });
      const ended: Ended = { code: null, stdout: '', stderr: '' };
      shell.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()));
      shell.stderr.on('data', (data: Buffer) => (ended.stderr += data.toString()));
      shell.on('error', reject);
      shell.on('close', (code) => {
        resolve({ ...ended, code });
      });
    });
  }

  /** Each call of an engine, but for those that ask whether it answers. */
  async function calls(): Promise<string[][]> {
    const text = existsSync(join(root, 'calls')) ? await readFile(join(root, 'calls'), 'utf8') : '';
    return text
      .split('\x1e')
      .filter((call) => call !== '')
      .map((call) => call.split('\x1f').slice(0, -1))
      .filter(([, verb]) => verb !== 'version');
  }

  const verbs = async (): Promise<string[]> =>
    (await calls()).map(([program, verb]) => `${program ?? ''} ${verb ?? ''}`);
  const bind = (): string => `type=bind,"source=${output}",destination=/out put`;

  it('loads the image and runs it with its results bound', async () => {
    await installEngine('docker');
    const { code, stdout, stderr } = await run([image]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await calls(), [
      ['docker', 'image', 'inspect', '--format', '{{.Id}}', 'study:1'],
      ['docker', 'load', '--input', join(folder, image.file)],
      ['docker', 'run', '--mount', bind(), '--rm', '--pull=never', 'study:1', 'python', "it's.py"],
    ]);
    assert.equal(stdout, 'results\n', 'only the program writes to stdout');
    assert.ok(existsSync(output));
    assert.match(stderr, /Done\. The results are in/);
    assert.doesNotMatch(stderr, /Warning|Note/);
  });

  for (const [name, id] of [
    ['configuration', image.configDigest],
    ['manifest', image.manifestDigest],
    ['configuration as Podman writes it', 'c'.repeat(64)],
  ] as const) {
    it(`does not load what the engine has by the digest of its ${name}`, async () => {
      await installEngine('docker', { id });
      assert.equal((await run([image])).code, 0);
      assert.deepEqual(await verbs(), ['docker image', 'docker run']);
    });
  }

  it('loads the image where another one has its name', async () => {
    await installEngine('docker', { id: `sha256:${'f'.repeat(64)}` });
    assert.equal((await run([image])).code, 0);
    assert.deepEqual(await verbs(), ['docker image', 'docker load', 'docker run']);
  });

  it('stops at a damaged archive before anything is loaded', async () => {
    await installEngine('docker', { id: image.configDigest });
    await writeFile(join(folder, image.file), 'cut off');
    const { code, stderr } = await run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /image-linux-amd64\.tar\.gz is damaged: its sha256 is [0-9a-f]{64}, and SHA256SUMS has/);
    assert.match(stderr, /Download it again/);
    assert.deepEqual(await calls(), []);
  });

  for (const [what, prepare, message] of [
    ['no archive', () => rm(join(folder, image.file)), /image-linux-amd64\.tar\.gz is not here/],
    ['no SHA256SUMS', () => rm(join(folder, 'SHA256SUMS')), /SHA256SUMS is not here/],
    [
      'an archive that is not listed',
      () => writeFile(join(folder, 'SHA256SUMS'), `${sha256}  x${image.file}\n`),
      /SHA256SUMS does not list image-linux-amd64/,
    ],
  ] as const) {
    it(`stops at ${what}`, async () => {
      await installEngine('docker');
      await prepare();
      const { code, stderr } = await run([image]);
      assert.equal(code, 125);
      assert.match(stderr, message);
      assert.deepEqual(await calls(), []);
    });
  }

  it('reads sums that were made of binary files and end without a newline', async () => {
    await installEngine('docker');
    await writeFile(join(folder, 'SHA256SUMS'), `${sha256} *${image.file}`);
    assert.equal((await run([image])).code, 0);
  });

  it('warns where no program can check, and goes on', async () => {
    await installEngine('docker');
    await rm(join(programs, 'sha256sum'), { force: true });
    await rm(join(programs, 'shasum'), { force: true });
    const { code, stderr } = await run([image]);
    assert.equal(code, 0);
    assert.match(stderr, /Warning: image-linux-amd64\.tar\.gz is not checked/);
  });

  it('takes Podman where only that is there', async () => {
    await installEngine('podman');
    assert.equal((await run([image])).code, 0);
    assert.deepEqual(await verbs(), ['podman image', 'podman load', 'podman run']);
    assert.ok((await calls())[2]?.join(' ').includes('--security-opt label=disable study:1'));
  });

  it('takes Podman where Docker does not answer', async () => {
    await installEngine('docker', { answers: false });
    await installEngine('podman');
    assert.equal((await run([image])).code, 0);
    assert.equal((await verbs()).at(-1), 'podman run');
  });

  it('says what to do where an engine is there and does not answer', async () => {
    await installEngine('docker', { answers: false });
    await installEngine('podman', { answers: false });
    const { code, stderr } = await run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /The engine of docker and podman does not answer\.\nStart it/);
  });

  it('says what to install where there is nothing', async () => {
    const { code, stderr } = await run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /Neither docker nor podman nor apptainer is installed/);
    assert.match(stderr, /Install one/);
    assert.ok(!existsSync(output));
  });

  it('unpacks and converts the archive for Apptainer', async () => {
    await installApptainer();
    const { code, stderr } = await run([image], [], { GPUS: 'all' });
    assert.equal(code, 0, stderr);
    assert.deepEqual(await calls(), [
      ['apptainer', 'build', 'image-linux-amd64.partial.sif', 'oci-archive:image-linux-amd64.partial.tar'],
      ['apptainer', 'run', '--mount', bind(), '--compat', '--nv', join(folder, sif), 'python', "it's.py"],
    ]);
    assert.deepEqual((await readdir(folder)).sort(), ['SHA256SUMS', sif, image.file, 'output', 'run.sh']);
  });

  it('converts the archive for Apptainer only once', async () => {
    await installApptainer();
    await writeFile(join(folder, sif), '');
    assert.equal((await run([image], ['a b'])).code, 0);
    assert.deepEqual(await calls(), [['apptainer', 'run', '--mount', bind(), '--compat', join(folder, sif), 'a b']]);
  });

  it('gives Apptainer an archive as it is where it is not compressed', async () => {
    await installApptainer();
    const plain = { ...image, file: 'image-linux-amd64.tar' };
    await writeFile(join(folder, plain.file), 'a tar');
    await writeFile(
      join(folder, 'SHA256SUMS'),
      `${createHash('sha256').update('a tar').digest('hex')}  ${plain.file}\n`,
    );
    const { code, stderr } = await run([plain]);
    assert.equal(code, 0, stderr);
    assert.equal((await calls())[0]?.at(-1), 'oci-archive:image-linux-amd64.tar');
    assert.ok(existsSync(join(folder, plain.file)));
  });

  it('leaves nothing of a conversion that failed', async () => {
    await installApptainer(false);
    const { code, stderr } = await run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /Apptainer could not convert image-linux-amd64\.tar\.gz/);
    assert.deepEqual(await verbs(), ['apptainer build']);
    assert.deepEqual((await readdir(folder)).sort(), ['SHA256SUMS', image.file, 'output', 'run.sh']);
  });

  it('hands on other words as they are, in place of the command', async () => {
    await installEngine('docker', { id: image.configDigest });
    const words = ['a b', `"quoted" 'twice'`, '$HOME `id`', '', '*', '--rm', 'line\nbreak', 'É'];
    assert.equal((await run([image], words)).code, 0);
    assert.deepEqual((await calls())[1]?.slice(-words.length - 1), ['study:1', ...words]);
  });

  it('ends with the exit code of the program', async () => {
    await installEngine('docker', { id: image.configDigest, code: 42 });
    const { code, stderr } = await run([image]);
    assert.equal(code, 42);
    assert.match(stderr, /ended with exit code 42/);
  });

  it('stops where the engine cannot load the archive', async () => {
    await installEngine('docker', { loads: false });
    const { code, stderr } = await run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /docker could not load/);
    assert.deepEqual(await verbs(), ['docker image', 'docker load']);
  });

  it('takes the image for this machine', async () => {
    await installEngine('docker', { id: image.configDigest });
    assert.equal((await run([forArm, image])).code, 0);
    const { code, stderr } = await run([forArm]);
    assert.equal(code, 125);
    assert.match(stderr, /Warning: this machine is linux\/amd64, the image is for linux\/arm64/);
    assert.match(stderr, /image-linux-arm64\.tar\.gz is not here/);
  });

  it('asks the engine for the platform of an image for other machines', async () => {
    await installEngine('docker', { id: image.configDigest });
    await install('uname', 'case $1 in -s) echo Darwin ;; -m) echo arm64 ;; esac');
    assert.equal((await run([image])).code, 0);
    assert.ok((await calls())[1]?.join(' ').includes('--platform linux/amd64 study:1'));
    await install('uname', 'case $1 in -s) echo Linux ;; -m) echo riscv64 ;; esac');
    assert.match((await run([image])).stderr, /this machine is linux\/riscv64/);
  });

  it('gives the program the GPUs that are asked for', async () => {
    await installEngine('docker', { id: image.configDigest });
    await run([image], [], { GPUS: 'all' });
    await rm(join(programs, 'docker'));
    await installEngine('podman', { id: image.configDigest });
    await run([image], [], { GPUS: 'all' });
    const [docker, podman] = (await calls()).filter(([, verb]) => verb === 'run').map((call) => call.join(' '));
    assert.ok(docker?.includes('--gpus all study:1'));
    assert.ok(podman?.includes('--device nvidia.com/gpu=all study:1'));
  });

  it('says that results join those that are there', async () => {
    await installEngine('docker', { id: image.configDigest });
    await mkdir(output);
    await writeFile(join(output, '.earlier'), '');
    assert.match((await run([image])).stderr, /Note: .*output is not empty/);
  });

  it('lets nothing of the image run in the shell', async () => {
    const trap = `'; touch "${root}/trapped"; $(touch "${root}/trapped") \`touch "${root}/trapped"\` #\n`;
    const odd: ArchivedImage = { ...image, reference: trap, target: `/a,"b"${trap}`, command: [trap, '', '-n'] };
    await installEngine('docker', { id: image.configDigest });
    const { code, stderr } = await run([odd]);
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(join(root, 'trapped')));
    assert.deepEqual((await calls())[1]?.slice(-4), [trap, trap, '', '-n']);
  });

  it('sends those who use a shell on Windows to run.ps1', async () => {
    await install('uname', 'echo MINGW64_NT-10.0');
    const { code, stderr } = await run([image]);
    assert.equal(code, 125);
    assert.match(stderr, /powershell -ExecutionPolicy Bypass -File run\.ps1/);
  });

  it('says that there is no image where there is none', async () => {
    const { code, stderr } = await run([]);
    assert.equal(code, 125);
    assert.match(stderr, /No image belongs to this script/);
  });
});

describe('run.ps1', () => {
  /** The strings in single quotes, read as PowerShell reads them: any of five quotes ends one, and two stand for one. */
  function literals(script: string): string[] {
    return [...script.matchAll(/(?<![\w'‘’‚‛])'((?:[^'‘’‚‛]|['‘’‚‛]{2})*)'/g)].map(([, inner = '']) =>
      inner.replace(/(['‘’‚‛])['‘’‚‛]/g, '$1'),
    );
  }

  it('quotes whatever is in an image, typographic quotes too', () => {
    const odd = `it's ‘odd’ ‚low‛ $env:PATH \`n "x" É\nline`;
    const script = formatRunPowerShell([{ ...image, reference: odd, command: [odd, ''] }]);
    const block = script.slice(script.indexOf('$images = @('), script.indexOf('function Write-Message'));
    assert.deepEqual(literals(block), [
      'linux/amd64',
      image.file,
      odd,
      'c'.repeat(64),
      'd'.repeat(64),
      '/out put',
      odd,
      '',
    ]);
  });

  it('begins with a byte order mark and has the line ends of Windows', () => {
    const script = formatRunPowerShell([image]);
    assert.ok(script.startsWith('\uFEFF# '));
    assert.doesNotMatch(script, /[^\r]\n/);
    assert.ok(script.endsWith('exit $code\r\n'));
  });

  it('has each image, in order, and an image without a command as an empty list', () => {
    const script = formatRunPowerShell([image, { ...forArm, command: [] }]);
    assert.ok(script.indexOf("Platform  = 'linux/amd64'") < script.indexOf("Platform  = 'linux/arm64'"));
    assert.ok(script.includes("Command   = @('python', 'it''s.py')\r\n"));
    assert.ok(script.includes('Command   = @()\r\n'));
    assert.ok(formatRunPowerShell([]).includes('$images = @(\r\n)\r\n'));
  });

  it('closes every bracket and quote that it opens', () => {
    const script = formatRunPowerShell([image, forArm]).replace(/^\uFEFF?\s*#.*$/gm, '');
    const code = script.replace(/'(?:[^']|'')*'|"[^"]*"/g, '');
    assert.doesNotMatch(code, /['"]/);
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => pair.split(''))) {
      assert.equal(code.split(open ?? '').length, code.split(close ?? '').length, open);
    }
  });

  it('checks the archive before it loads, and looks before both for an engine', () => {
    const script = formatRunPowerShell([image]);
    const steps = [
      'Get-Command $name',
      'Get-FileHash',
      'is damaged',
      'image inspect',
      'load --input',
      '& $engine @arguments',
    ];
    const places = steps.map((step) => script.indexOf(step));
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(
      places.toSorted((left, right) => left - right),
      places,
    );
  });
});
