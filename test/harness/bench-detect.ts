import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { mock } from 'node:test';
import { detectProject } from '../../src/project/detect-project.js';
import { type Listing, listProject } from '../../src/project/listing.js';
import { type Case, median } from './bench-case.js';

const bench = 'detect';
const runs = 9;
const files = 50_000;
const scripts = 300;
const notebooks = 20;
/** So many that their lock files have 5 MB. */
const packages = 400;
const wheels = 60;
const platforms = ['linux-64', 'osx-64', 'osx-arm64', 'win-64'];
const condaPackages = 1750;

/**
 * What a project of 50,000 files costs to find out about, once they are listed: the time, and the most bytes that are
 * read of one file at once. Most of the files are data; some of them, of the notebooks, and two lock files are large.
 */
export async function benchDetect({ signal }: { signal: AbortSignal }): Promise<Case[]> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  try {
    await writeProject(folder);
    const listing = await listProject(folder, { signal });
    if (listing.files.length < files) throw new Error(`Of ${files} files only ${listing.files.length} are listed.`);
    const bytes = await largestRead(listing, signal);
    const milliseconds: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const start = performance.now();
      const project = await detectProject(listing, { signal });
      milliseconds.push(performance.now() - start);
      const [uv, pixi] = project.dependencies;
      const isKnown = uv?.kind === 'uv' && uv.dependencies.length === packages;
      const isLockKnown = pixi?.kind === 'pixi' && pixi.dependencies.length === condaPackages;
      if (!isKnown || !isLockKnown || project.problems.length > 0) throw new Error('The project is not known.');
    }
    return [
      { bench, case: 'detect', ours: median(milliseconds), unit: 'ms', goal: 150, runs },
      { bench, case: 'detect-read-bytes', ours: bytes, unit: 'bytes', goal: 1_000_000, runs: 1 },
    ];
  } finally {
    await fs.rm(folder, { recursive: true });
  }
}

async function writeProject(folder: string): Promise<void> {
  const add = async (name: string, text: string): Promise<void> => {
    await fs.writeFile(join(folder, name), text);
  };
  const folders = Array.from({ length: 100 }, (_, index) => `data/day-${index}`);
  for (const name of ['src/tides', 'scripts', 'notebooks', 'results', ...folders]) {
    await fs.mkdir(join(folder, name), { recursive: true });
  }
  await add('pyproject.toml', '[project]\nname = "tides"\nrequires-python = ">=3.10"\ndependencies = ["package-1"]\n');
  await add('uv.lock', lockFile());
  await add('pixi.toml', '[workspace]\nname = "tides"\n\n[dependencies]\npackage-1 = "*"\n');
  await add('pixi.lock', pixiLock());
  for (const name of ['uv.lock', 'pixi.lock']) {
    const { size } = await fs.stat(join(folder, name));
    if (size < 5_000_000) throw new Error(`${name} has ${size} bytes only.`);
  }
  await add('README.md', '# Tides\n\n```\npython scripts/script-1.py --station Norderney\n```\n');
  await add('src/tides/__init__.py', '');
  for (let index = 0; index < scripts; index += 1) await add(`scripts/script-${index}.py`, script(index));
  for (let index = 0; index < notebooks; index += 1) await add(`notebooks/${index}.ipynb`, notebook(index * 20_000));
  await add('notebooks/large.ipynb', notebook(30_000_000));
  await add('scripts/generated.py', 'rows = [\n    1,\n]\n'.repeat(500_000));
  const rest = files - scripts - notebooks;
  for (let start = 0; start < rest; start += 500) {
    const some = Array.from({ length: Math.min(500, rest - start) }, (_, index) => start + index);
    await Promise.all(
      some.map((index) => add(`${folders[index % folders.length] ?? 'data'}/${index}.csv`, 'time,height\n')),
    );
  }
  await fs.truncate(join(folder, 'data/day-0/0.csv'), 5_000_000_000);
}

function lockFile(): string {
  const hash = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
  const one = (index: number): string => {
    const name = `package-${index}`;
    const files = Array.from({ length: wheels }, (_, wheel) => {
      const url = `https://files.example/packages/${name}-1.${index}.0-cp3${wheel}-manylinux_2_17_x86_64.whl`;
      return `    { url = "${url}", hash = "${hash}", size = ${1000 + wheel}, upload-time = "2026-01-01T00:00:00Z" },\n`;
    });
    return `[[package]]\nname = "${name}"\nversion = "1.${index}.0"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [\n${files.join('')}]\n\n`;
  };
  return `version = 1\nrevision = 3\nrequires-python = ">=3.10"\n\n${Array.from({ length: packages }, (_, index) => one(index)).join('')}`;
}

function pixiLock(): string {
  const address = (platform: string, index: number): string =>
    `- conda: https://conda.example/forge/${platform}/package-${index}-1.${index}.0-h0123456_${index % 7}.conda\n`;
  const one = (platform: string, index: number): string => {
    const hashes = `  sha256: ${'0123456789abcdef'.repeat(4)}\n  md5: ${'0123456789abcdef'.repeat(2)}\n`;
    const needs = Array.from({ length: 12 }, (_, need) => `  - package-${need} >=1.${need}.0,<2.0a0\n`).join('');
    const rest = '  license: BSD-3-Clause\n  license_family: BSD\n  size: 123456\n  timestamp: 1728059777603\n';
    return `${address(platform, index)}${hashes}  depends:\n${needs}${rest}`;
  };
  const all = Array.from({ length: condaPackages }, (_, index) => index);
  const environment = platforms.map(
    (platform) => `      ${platform}:\n${all.map((index) => `      ${address(platform, index)}`).join('')}`,
  );
  const list = all.flatMap((index) => platforms.map((platform) => one(platform, index)));
  return `version: 6\nenvironments:\n  default:\n    packages:\n${environment.join('')}packages:\n${list.join('')}`;
}

function script(index: number): string {
  const step = `    height = np.mean(heights[${index}:])  # the mean of what follows\n    print(f"height {height}")\n`;
  return `"""Step ${index}."""\nimport argparse\nimport numpy as np\nfrom tides import gauges\n\n\ndef main(heights):\n${step.repeat(30)}    np.savetxt("results/${index}.txt", heights)\n\n\nif __name__ == "__main__":\n    main(gauges.read())\n`;
}

/** @param output characters that the last cell has printed */
function notebook(output: number): string {
  const cell = (source: string, outputs: unknown[]): unknown => ({
    cell_type: 'code',
    execution_count: 1,
    metadata: {},
    outputs,
    source: [source],
  });
  const printed = [{ output_type: 'stream', name: 'stdout', text: ['0'.repeat(output)] }];
  return JSON.stringify({
    cells: [cell('import pandas as pd\n', []), cell('print(pd.Series([0]))\n', printed)],
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

/** The most bytes that detection reads of one file at once: the largest buffer that one is read into. */
async function largestRead(listing: Listing, signal: AbortSignal): Promise<number> {
  const files = new Set<string>();
  let largest = 0;
  const note = (path: string, bytes: number): void => {
    files.add(path);
    largest = Math.max(largest, bytes);
  };
  const open = fs.open.bind(fs);
  const readFile = fs.readFile.bind(fs);
  mock.method(fs, 'open', async (path: string, ...rest: [string?]) => {
    const handle = await open(path, ...rest);
    const readPart = handle.read.bind(handle);
    mock.method(handle, 'read', async (buffer: Buffer, offset: number, length: number, position: number | null) => {
      note(path, buffer.byteLength);
      return readPart(buffer, offset, length, position);
    });
    return handle;
  });
  mock.method(fs, 'readFile', async (path: string, encoding: 'utf8') => {
    const text = await readFile(path, encoding);
    note(path, Buffer.byteLength(text));
    return text;
  });
  try {
    await detectProject(listing, { signal });
  } finally {
    mock.restoreAll();
  }
  if (files.size < scripts) throw new Error(`Of ${files.size} files only it was noticed that they are read.`);
  if (!files.has(join(listing.folder, 'pixi.lock'))) throw new Error('It was not noticed that pixi.lock is read.');
  return largest;
}
