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
const packages = 200;

/**
 * What a project of 50,000 files costs to find out about, once they are listed: the time, and the most bytes that are
 * read of one file. Most of the files are data; some of them, and of the notebooks, are large.
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
      const [source] = project.dependencies;
      if (source?.kind !== 'uv' || source.dependencies.length !== packages)
        throw new Error('The project is not known.');
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
    const wheels = Array.from({ length: 12 }, (_, wheel) => {
      const url = `https://files.example/packages/${name}-1.${index}.0-cp3${wheel}-manylinux_2_17_x86_64.whl`;
      return `    { url = "${url}", hash = "${hash}", size = ${1000 + wheel} },\n`;
    });
    return `[[package]]\nname = "${name}"\nversion = "1.${index}.0"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [\n${wheels.join('')}]\n\n`;
  };
  return `version = 1\nrevision = 3\nrequires-python = ">=3.10"\n\n${Array.from({ length: packages }, (_, index) => one(index)).join('')}`;
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

/** The most bytes that detection reads of one file. */
async function largestRead(listing: Listing, signal: AbortSignal): Promise<number> {
  const read = new Map<string, number>();
  const count = (path: string, bytes: number): void => {
    read.set(path, (read.get(path) ?? 0) + bytes);
  };
  const open = fs.open.bind(fs);
  const readFile = fs.readFile.bind(fs);
  mock.method(fs, 'open', async (path: string, ...rest: [string?]) => {
    const handle = await open(path, ...rest);
    const readPart = handle.read.bind(handle);
    mock.method(handle, 'read', async (buffer: Buffer, offset: number, length: number, position: number) => {
      const part = await readPart(buffer, offset, length, position);
      count(path, part.bytesRead);
      return part;
    });
    return handle;
  });
  mock.method(fs, 'readFile', async (path: string, encoding: 'utf8') => {
    const text = await readFile(path, encoding);
    count(path, Buffer.byteLength(text));
    return text;
  });
  try {
    await detectProject(listing, { signal });
  } finally {
    mock.restoreAll();
  }
  if (read.size < scripts) throw new Error(`Of ${read.size} files only it was noticed that they are read.`);
  return Math.max(...read.values());
}
