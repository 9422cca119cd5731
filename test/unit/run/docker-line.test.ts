import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type DockerRun, dockerLine } from '../../../src/run/docker-line.js';
import { type RunRequest } from '../../../src/run/run-request.js';

const plain: DockerRun = { image: 'busybox', keep: false };

/** Each of these is more than one word, another word or a command to a shell that is not told otherwise. */
const awkward = [
  '',
  ' ',
  'a b',
  '\ttab',
  "it's",
  "''",
  "'",
  '"',
  'say "hi"',
  '$HOME',
  '${HOME}',
  '$(exit 3)',
  '`exit 3`',
  '\\',
  '\\n',
  'ends with \\',
  'two\nlines',
  '\n',
  'carriage\r\nreturn',
  'a,b',
  '*',
  '?',
  '[a-z]*',
  '~',
  '~/x',
  '{a,b}',
  'a;b',
  'a&&b',
  'a|b',
  '>x',
  '<x',
  '#x',
  '!x',
  '!!',
  '(x)',
  '=ls',
  'A=b',
  '-rm',
  '--',
  'grün 🧪 日本',
  "'\\''",
];

/** The words that a shell calls docker with. */
function wordsIn(line: string): string[] {
  const script = `docker() { printf '%s\\0' "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-uc', script], { encoding: 'utf8', cwd: '/', env: {} });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout.split('\0').slice(0, -1);
}

/** Reads a line of CSV as RFC 4180 has it, which docker does. */
function csvFields(line: string): string[] {
  const fields = line.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|$)/gy);
  const read = [...fields].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '');
  return line.endsWith(',') ? read : read.slice(0, -1);
}

function valuesOf(name: string, run: DockerRun): string[] {
  const words = wordsIn(dockerLine(run));
  return words.filter((_, at) => words[at - 1] === name);
}

describe('the docker line', function () {
  if (process.platform === 'win32') {
    it.skip('is read by a POSIX shell');
    return;
  }

  it('of the least run is short', () => {
    assert.equal(dockerLine(plain), 'docker run --rm busybox');
    assert.equal(dockerLine({ ...plain, keep: true }), 'docker run busybox');
  });

  it('has all that a run can have in the order that a person would write', () => {
    const run: DockerRun = {
      image: 'lab/analysis:1.2',
      command: ['python', 'run.py', '--seed', '1'],
      output: { folder: '/home/me/results', target: '/output' },
      volumes: [
        { source: '/home/me/data', target: '/data', readOnly: true },
        { source: 'cache', target: '/root/.cache', readOnly: false },
        { source: 'weights', target: '/weights', readOnly: true },
      ],
      ports: [{ container: 8888, host: 80 }, { container: 6006 }],
      env: { SEED: '1', EMPTY: '' },
      limits: { memory: 512 * 1024 * 1024, cpus: 1.5 },
      gpus: 'all',
      platform: 'linux/arm64/v8',
      user: '1000:100',
      name: 'analysis',
      interactive: true,
      keep: false,
    };
    assert.equal(
      dockerLine(run),
      'docker run --rm -it --name analysis --platform linux/arm64/v8 --gpus all --user 1000:100 --memory 512m --cpus 1.5 ' +
        '--mount type=bind,source=/home/me/results,target=/output ' +
        '--mount type=bind,source=/home/me/data,target=/data,readonly ' +
        '--mount type=volume,source=cache,target=/root/.cache ' +
        '--mount type=volume,source=weights,target=/weights,readonly ' +
        '-p 80:8888 -p 6006 --env SEED=1 --env EMPTY= lab/analysis:1.2 python run.py --seed 1',
    );
  });

  it('takes a request whose target is known', () => {
    const request: RunRequest = {
      ...{ image: 'busybox', output: '/results', target: '/output', existing: 'use', keep: true },
      ...{ volumes: undefined, ports: undefined, env: undefined, limits: undefined, interactive: undefined },
    };
    const { output, target } = request;
    const run = { ...request, output: output && target ? { folder: output, target } : undefined };
    assert.equal(dockerLine(run), 'docker run --mount type=bind,source=/results,target=/output busybox');
  });

  it('gives the command to the container word by word', () => {
    assert.deepEqual(wordsIn(dockerLine({ ...plain, command: awkward })), ['run', '--rm', 'busybox', ...awkward]);
  });

  it('keeps each word on its own, whatever is beside it', () => {
    for (const word of awkward) {
      assert.deepEqual(wordsIn(dockerLine({ ...plain, command: [word] })), ['run', '--rm', 'busybox', word]);
    }
  });

  it('is the same without words of its own for an empty command, no ports, mounts, variables or limits', () => {
    const empty: DockerRun = { ...plain, command: [], volumes: [], ports: [], env: {}, limits: {}, gpus: [] };
    assert.equal(dockerLine(empty), dockerLine(plain));
  });

  it('keeps the values of options', () => {
    for (const text of awkward.filter((word) => word !== '')) {
      assert.deepEqual(valuesOf('--env', { ...plain, env: { A: text } }), [`A=${text}`]);
      assert.deepEqual(valuesOf('--user', { ...plain, user: text }), [text]);
      assert.deepEqual(valuesOf('--name', { ...plain, name: text }), [text]);
      assert.deepEqual(valuesOf('--platform', { ...plain, platform: text }), [text]);
    }
    assert.deepEqual(valuesOf('--env', { ...plain, env: { 'A B$': 'x=y=z', ['__proto__']: 'p' } }), [
      'A B$=x=y=z',
      '__proto__=p',
    ]);
  });

  it('quotes what CSV would take apart in a mount', () => {
    const mount = (source: string, target: string): string =>
      dockerLine({ ...plain, volumes: [{ source, target, readOnly: true }] });
    assert.equal(mount('/a,b', '/c'), `docker run --rm --mount 'type=bind,"source=/a,b",target=/c,readonly' busybox`);
    assert.equal(
      mount('/say "hi"', '/c d'),
      `docker run --rm --mount 'type=bind,"source=/say ""hi""",target=/c d,readonly' busybox`,
    );
  });

  it('keeps the folders of mounts', () => {
    // Docker's reader of CSV turns the line ends of Windows into those of Unix, which no quoting prevents.
    for (const text of awkward.filter((word) => !word.includes('\r'))) {
      const source = `/in${text}x`;
      const target = `/to${text}x`;
      const run: DockerRun = { ...plain, output: { folder: source, target }, volumes: [{ source, target }] };
      const values = valuesOf('--mount', run);
      assert.equal(values.length, 2);
      for (const value of values) {
        assert.deepEqual(csvFields(value), ['type=bind', `source=${source}`, `target=${target}`]);
      }
    }
  });

  it('tells folders from volumes by the paths of every system', () => {
    const cases = [
      ['/data', 'bind'],
      ['C:\\Users\\me\\my data', 'bind'],
      ['c:/data', 'bind'],
      ['\\\\server\\share', 'bind'],
      ['data', 'volume'],
      ['data.2024-01_x', 'volume'],
    ] as const;
    for (const [source, type] of cases) {
      const [value] = valuesOf('--mount', { ...plain, volumes: [{ source, target: '/data' }] });
      assert.equal(value, `type=${type},source=${source},target=/data`);
    }
    const output = { folder: 'D:\\results', target: '/output' };
    assert.deepEqual(valuesOf('--mount', { ...plain, output }), ['type=bind,source=D:\\results,target=/output']);
  });

  it('quotes several GPUs for docker, and the quotes for the shell', () => {
    assert.equal(dockerLine({ ...plain, gpus: ['0', '1'] }), `docker run --rm --gpus '"device=0,1"' busybox`);
    assert.deepEqual(valuesOf('--gpus', { ...plain, gpus: ['0', '1'] }), ['"device=0,1"']);
    assert.equal(dockerLine({ ...plain, gpus: ['GPU-3a2b'] }), 'docker run --rm --gpus device=GPU-3a2b busybox');
  });

  it('gives memory in mebibytes only where that is exact', () => {
    const memory = (bytes: number): string[] => valuesOf('--memory', { ...plain, limits: { memory: bytes } });
    assert.deepEqual(memory(6 * 1024 * 1024), ['6m']);
    assert.deepEqual(memory(6 * 1024 * 1024 + 1), ['6291457b']);
    assert.deepEqual(memory(1e9), ['1000000000b']);
    assert.deepEqual(memory(3 * 1024 ** 4), ['3145728m']);
  });

  it('gives processors with no more decimals than docker takes', () => {
    const cpus = (count: number): string[] => valuesOf('--cpus', { ...plain, limits: { cpus: count } });
    assert.deepEqual(cpus(2), ['2']);
    assert.deepEqual(cpus(0.5), ['0.5']);
    assert.deepEqual(cpus(1 / 3), ['0.333333333']);
    assert.deepEqual(cpus(0.1 + 0.2), ['0.3']);
  });

  it('never shows what looks like a secret, by its name or by its value', () => {
    const env = {
      API_TOKEN: 'abc',
      DATABASE: 'postgres://me:hunter2@db/x',
      PASSWORD_FILE: '/run/secrets/x',
      USE_TOKEN: 'true',
    };
    const line = dockerLine({ ...plain, env });
    assert.deepEqual(valuesOf('--env', { ...plain, env }), [
      'API_TOKEN',
      'DATABASE',
      'PASSWORD_FILE=/run/secrets/x',
      'USE_TOKEN=true',
    ]);
    assert.ok(!line.includes('abc') && !line.includes('hunter2'));
  });
});
