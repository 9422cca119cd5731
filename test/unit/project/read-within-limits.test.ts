import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectProject } from '../../../src/project/detect-project.js';
import { listProject } from '../../../src/project/listing.js';
import { type Project } from '../../../src/project/project.js';
import { readWithinLimits } from '../../../src/project/read-within-limits.js';

const hash = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const packages = 20;
const wheel = `    { url = "https://files.example/packages/x-1.0-cp312-manylinux_2_17_x86_64.whl", hash = "${hash}" },\n`;

function each(one: (index: number) => string): string {
  return Array.from({ length: packages }, (_, index) => one(index)).join('');
}

/** Lock files of more than 1 MB. */
const large = {
  'uv.lock': `version = 1\nrequires-python = ">=3.12"\n\n${each(
    (index) =>
      `[[package]]\nname = "p-${index}"\nversion = "1.${index}.0"\nsource = { registry = "https://download.pytorch.org/whl/cu126" }\nwheels = [\n${wheel.repeat(350)}]\n\n`,
  )}`,
  'pixi.lock': `version: 6\npackages:\n${each(
    (index) =>
      `- conda: https://conda.example/linux-64/p-${index}-1.${index}.0-cuda126_0.conda\n  depends:\n${'  - libgcc >=13\n'.repeat(4000)}`,
  )}`,
  'conda-lock.yml': `version: 1\npackage:\n${each(
    (index) =>
      `- name: p-${index}\n  version: 1.${index}.0\n  manager: pip\n  dependencies:\n${'    libgcc: ">=13"\n'.repeat(3000)}  url: https://conda.example/linux-64/p-${index}-1.${index}.0-cuda126_0.conda\n`,
  )}`,
  'requirements.txt': each(
    (index) => `p-${index}==1.${index}.0 ${`\\\n    --hash=${hash}`.repeat(700)}\n    # via x\n`,
  ),
  'Pipfile.lock': JSON.stringify(
    {
      default: Object.fromEntries(
        Array.from({ length: packages }, (_, index) => [
          `p-${index}`,
          { hashes: Array.from({ length: 700 }, () => hash), version: `==1.${index}.0` },
        ]),
      ),
    },
    null,
    4,
  ),
  'renv.lock': JSON.stringify(
    {
      R: { Version: '4.3.2' },
      Packages: Object.fromEntries(
        Array.from({ length: packages }, (_, index) => [
          `p-${index}`,
          { Package: `p-${index}`, Version: `1.${index}.0`, Requirements: Array.from({ length: 5000 }, () => 'R') },
        ]),
      ),
    },
    null,
    2,
  ),
} satisfies Record<string, string>;

describe('a file that says what a project depends on', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function detect(files: Readonly<Record<string, string>>): Promise<Project> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return detectProject(await listProject(folder));
  }

  for (const [name, text] of Object.entries(large)) {
    it(`tells its packages though it is larger than 1 MB: ${name}`, async () => {
      assert.ok(text.length > 1_000_000);
      const { dependencies, problems } = await detect({ [name]: text, 'pixi.toml': name === 'pixi.lock' ? '' : '#' });
      assert.deepEqual(problems, []);
      const source = dependencies.find(({ files }) => files[0] === name);
      assert.deepEqual(
        source?.dependencies.map((each) => `${each.name} ${each.version ?? ''}`),
        Array.from({ length: packages }, (_, index) => `p-${index} 1.${index}.0`),
      );
      if (/uv|pixi|conda/.test(name)) assert.equal(source.dependencies[1]?.wheels, 'cu126');
    });
  }

  it('tells what else is asked of it though it is larger than 1 MB', async () => {
    const { dependencies, versions } = await detect({
      'uv.lock': large['uv.lock'],
      'conda-lock.yml': large['conda-lock.yml'],
      'renv.lock': large['renv.lock'],
    });
    assert.deepEqual(
      versions.map(({ file, wanted, line }) => [file, wanted, line]),
      [
        ['renv.lock', '4.3.2', 3],
        ['uv.lock', '>=3.12', 2],
      ],
    );
    assert.equal(dependencies.find((source) => source.kind === 'conda')?.hasPip, true);
  });

  it('tells how firmly a list for pip pins though it is larger than 1 MB', async () => {
    const [source] = (await detect({ 'requirements.txt': large['requirements.txt'] })).dependencies;
    assert.equal(source?.kind === 'pip' && source.pins, 'hashes');
  });

  it('is broken in the line that it is in the whole of it', async () => {
    const text = large['uv.lock'].replace('name = "p-12"', 'name = p-12"');
    const { problems } = await detect({ 'uv.lock': text });
    const line = text.slice(0, text.indexOf('name = p-12')).split('\n').length;
    assert.deepEqual(
      problems.map((problem) => [problem.file, problem.line]),
      [['uv.lock', line]],
    );
  });

  it('is of the future though it is larger than 1 MB', async () => {
    const { problems } = await detect({ 'uv.lock': large['uv.lock'].replace('version = 1', 'version = 99') });
    assert.match(problems[0]?.message ?? '', /version 99 of its format/);
  });

  const problems: [what: string, name: string, content: string | number, expected: RegExp][] = [
    ['larger than 1 MB', 'pyproject.toml', 1_000_001, /^It is larger than 1 MB, and is not read\.$/],
    ['larger than 1 MB', 'CMakeLists.txt', 1_000_001, /^It is larger than 1 MB, and is not read\.$/],
    ['larger than 64 MB', 'uv.lock', 64_000_001, /^It is larger than 64 MB, and is not read\.$/],
    ['one line', 'uv.lock', 2_000_000, /^It has a line that is longer than 1 MB, and is not read\.$/],
    [
      'full of names',
      'poetry.lock',
      '[[package]]\nname = "a"\n'.repeat(180_000),
      /^What it says of packages is larger than 4 MB, and is not read\.$/,
    ],
  ];
  for (const [what, name, content, expected] of problems) {
    it(`is not read where it is ${what}: ${name}`, async () => {
      await writeFile(join(folder, name), typeof content === 'string' ? content : '');
      if (typeof content === 'number') await truncate(join(folder, name), content);
      const read = await readWithinLimits(folder, name);
      assert.match('problem' in read ? read.problem : '', expected);
    });
  }

  it('is read at once where many lines of it are empty', async () => {
    const { dependencies } = await detect({ 'requirements.txt': `a==1\n${'\n'.repeat(100_000)}-r other.txt\nb\n` });
    assert.deepEqual(
      dependencies[0]?.dependencies.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  it('is not read on when that is cancelled', async () => {
    await writeFile(join(folder, 'uv.lock'), large['uv.lock']);
    await assert.rejects(readWithinLimits(folder, 'uv.lock', AbortSignal.abort()), { name: 'AbortError' });
  });
});
