import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { needOfImage, requirementsOf, toolkitOfReference, variablesOf } from '../../../src/gpu/need-of-image.js';
import { needOfProject } from '../../../src/gpu/need-of-project.js';
import { type GpuNeed } from '../../../src/gpu/need.js';
import { parserFor } from '../../../src/project/dependency-formats.js';

function projectNeed(dockerfile: string, files: Record<string, string>): GpuNeed {
  const read = Object.entries(files).map(([file, text]) => {
    const format = parserFor(file);
    assert.ok(format !== undefined, file);
    return { file, kind: format.kind, dependencies: format.parse(text), problem: undefined };
  });
  return needOfProject({ dockerfile: parseDockerfile(dockerfile), files: read, base: undefined });
}

/** The need in one line: `cuda torch 12.6`, `none`. */
function words(need: GpuNeed): string {
  if (need.kind !== 'cuda') return need.kind;
  const toolkits = need.toolkits.map(({ origin, candidates }) => `${origin} ${candidates.join('|')}`);
  const doubts = [
    ...(need.contradiction === undefined ? [] : ['contradicts']),
    ...(need.unseen === undefined ? [] : ['and unseen']),
  ];
  return ['cuda', ...toolkits, ...doubts].join(' ');
}

const lock = (...packages: [name: string, version: string][]): Record<string, string> => ({
  'uv.lock': packages.map(([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\n`).join(''),
});

describe('what a project needs', () => {
  const python = 'FROM python:3.12-slim\n';
  const cuda = 'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n';
  const cases: [what: string, dockerfile: string, files: Record<string, string>, need: string][] = [
    ['a lock file without a GPU', python, lock(['numpy', '2.2.4'], ['unheard-of', '1.0']), 'none'],
    ['well-known packages that are asked for', python, { 'requirements.txt': 'numpy\npandas>=2\n' }, 'none'],
    ['a package that brings nobody knows what', python, { 'requirements.txt': 'numpy\nunheard-of\n' }, 'unclear'],
    ['no file at all', python, {}, 'unclear'],
    ['torch of a known index', python, lock(['torch', '2.6.0+cu126']), 'cuda torch 12.6'],
    [
      'torch with the runtime that it brings',
      python,
      lock(['torch', '2.6.0'], ['nvidia-cuda-runtime-cu12', '12.4.127']),
      'cuda torch 12.4',
    ],
    ['torch of no known index', python, { 'requirements.txt': 'torch==2.6.0\n' }, 'cuda torch 11.8|12.4|12.6'],
    ['torch without a version', python, { 'requirements.txt': 'torch\n' }, 'unclear'],
    ['torch before all tables', python, { 'requirements.txt': 'torch==1.9.0\n' }, 'unclear'],
    ['torch for the processor', python, lock(['torch', '2.6.0+cpu']), 'none'],
    ['torch for AMD', python, lock(['torch', '2.6.0+rocm6.2']), 'rocm'],
    ['tensorflow without CUDA', python, lock(['tensorflow', '2.18.0']), 'none'],
    [
      'tensorflow on a base with CUDA',
      'FROM nvidia/cuda:12.5.1-cudnn-runtime-ubuntu22.04\n',
      lock(['tensorflow', '2.18.0']),
      'cuda image 12.5 tensorflow 12.5',
    ],
    [
      'tensorflow with its extra',
      python,
      { 'requirements.txt': 'tensorflow[and-cuda]==2.18.0\n' },
      'cuda tensorflow 12.5',
    ],
    ['tensorflow-cpu', python, lock(['tensorflow-cpu', '2.18.0']), 'none'],
    ['jax alone', python, lock(['jax', '0.5.3'], ['jaxlib', '0.5.3']), 'none'],
    ['jax with CUDA', python, { 'requirements.txt': 'jax[cuda12]==0.5.3\n' }, 'cuda jax 12.1|12.9'],
    [
      'jax with a plugin',
      python,
      lock(['jax', '0.7.0'], ['jax-cuda13-plugin', '0.7.0'], ['nvidia-cuda-runtime', '13.0.48']),
      'cuda jax 13.0',
    ],
    ['CuPy without a CUDA', python, { 'requirements.txt': 'cupy-cuda12x==13.4.1\n' }, 'unclear'],
    ['CuPy on its CUDA', cuda, { 'requirements.txt': 'cupy-cuda12x==13.4.1\n' }, 'cuda image 12.4 packages 12.4'],
    ['CuPy on another CUDA', cuda, { 'requirements.txt': 'cupy-cuda11x==13.4.1\n' }, 'cuda image 12.4 contradicts'],
    ['tensorflow on an older CUDA', cuda, lock(['tensorflow', '2.18.0']), 'cuda image 12.4 contradicts'],
    ['tensorflow-gpu without a CUDA', python, { 'requirements.txt': 'tensorflow-gpu==2.10.0\n' }, 'unclear'],
    ['torch for the processor on a CUDA', cuda, lock(['torch', '2.6.0+cpu']), 'unclear'],
    ['torch of any version on a CUDA', `${cuda}RUN pip install torch\n`, {}, 'cuda image 12.4 and unseen'],
    ['harmless packages on a CUDA', cuda, lock(['numpy', '2.2.4']), 'cuda image 12.4'],
    ['a file that is not read', `${cuda}RUN pip install -r deps.txt\n`, {}, 'cuda image 12.4 and unseen'],
    [
      'steps with other options of those letters',
      `${python}RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/* && cp -r /a /b && useradd -r x\n`,
      lock(['numpy', '2.2.4']),
      'none',
    ],
    [
      'files that are read',
      `${python}RUN pip install --no-cache-dir -r /tmp/requirements.txt && micromamba install -y -n base -f /tmp/environment.yml && conda clean -afy\n`,
      { 'requirements.txt': 'numpy\n', 'environment.yml': 'dependencies:\n- pandas\n' },
      'none',
    ],
    [
      'a second file that is not read',
      `${python}RUN pip install -r requirements.txt -r gpu.txt\n`,
      { 'requirements.txt': 'numpy\n' },
      'unclear',
    ],
    ['a project that installs itself', `${python}RUN pip install -e .\n`, { 'requirements.txt': 'numpy\n' }, 'unclear'],
    ['a file that names another', python, { 'requirements.txt': '-r gpu.txt\n' }, 'unclear'],
    ['a file that names nothing', python, { 'pyproject.toml': '[tool.ruff]\n' }, 'unclear'],
    ['an extra for GPUs', python, { 'requirements.txt': 'polars[gpu]==1.0\n' }, 'unclear'],
    ['jaxlib for CUDA', python, lock(['jaxlib', '0.4.20+cuda12.cudnn89']), 'unclear'],
    ['several builds of torch', python, lock(['torch', '2.7.1+cpu'], ['torch', '2.7.1+cu128']), 'unclear'],
    [
      'harmless packages on a base that may bring all',
      'FROM nvcr.io/nvidia/pytorch:24.10-py3\n',
      lock(['numpy', '2.2.4']),
      'unclear',
    ],
    ['harmless packages on a base that is not said', 'ARG BASE\nFROM ${BASE}\n', lock(['numpy', '2.2.4']), 'unclear'],
    [
      'files of a stage with CUDA',
      'FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build\nFROM ubuntu:24.04\nCOPY --from=build /x /x\n',
      lock(['numpy', '2.2.4']),
      'unclear',
    ],
    [
      'CUDA of the system',
      'FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y nvidia-cuda-toolkit\n',
      lock(['numpy', '2.2.4']),
      'unclear',
    ],
    [
      'torch in a stage that only exports',
      `${python.replace('\n', ' AS export')}\nRUN pip install torch==2.6.0\nFROM python:3.12-slim\nCOPY --from=export /m /m\n`,
      lock(['numpy', '2.2.4']),
      'unclear',
    ],
    [
      'conda and its CUDA',
      'FROM mambaorg/micromamba:2\n',
      { 'environment.yml': 'dependencies:\n- pytorch=2.5.1\n- pytorch-cuda=12.1\n' },
      'cuda torch 12.1',
    ],
    ['what uses a GPU and does not say which CUDA', python, lock(['onnxruntime-gpu', '1.21.0']), 'unclear'],
    ['a server for models', python, lock(['vllm', '0.9.1']), 'unclear'],
    [
      'what the Dockerfile installs',
      `${python}RUN pip install --no-cache-dir "torch==2.6.0" --index-url https://download.pytorch.org/whl/cu124\n`,
      {},
      'cuda torch 12.4',
    ],
    [
      'what the Dockerfile installs besides its files',
      `${python}RUN pip install vllm\n`,
      { 'requirements.txt': 'numpy\n' },
      'unclear',
    ],
    [
      'a base with CUDA alone',
      'ARG TAG=12.4.1\nFROM nvidia/cuda:$TAG-devel-ubuntu22.04 AS build\nFROM nvidia/cuda:${TAG}-runtime-ubuntu22.04\n',
      {},
      'cuda image 12.4',
    ],
    ['a base of which nothing is known', 'FROM nvcr.io/nvidia/pytorch:24.05-py3\n', {}, 'unclear'],
    ['a base for AMD', 'FROM rocm/pytorch:rocm6.3_ubuntu22.04\n', {}, 'rocm'],
  ];
  for (const [what, dockerfile, files, expected] of cases) {
    it(`by ${what} is ${expected}`, () => {
      assert.equal(words(projectNeed(dockerfile, files)), expected);
    });
  }
});

describe('what an image needs', () => {
  const references: [reference: string, need: string | undefined][] = [
    ['nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04', 'image 12.4'],
    ['nvcr.io/nvidia/cuda:13.0.0-base-ubuntu24.04', 'image 13.0'],
    ['pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime', 'torch 12.4'],
    ['tensorflow/tensorflow:2.16.1-gpu-jupyter', 'tensorflow 12.3'],
    ['tensorflow/tensorflow:2.16.1', undefined],
    ['rapidsai/base:24.10-cuda12.5-py3.12', 'image 12.5'],
    ['ghcr.io/group/study:1.0-cu126', 'image 12.6'],
    ['python:3.12-slim', undefined],
    ['localhost:5000/barracuda:1.2', undefined],
    ['lab/cuda:1.0', undefined],
  ];
  for (const [reference, expected] of references) {
    it(`by the name ${reference} is ${expected ?? 'not told'}`, () => {
      const found = toolkitOfReference(reference);
      assert.equal(found === undefined ? undefined : `${found.origin} ${found.candidates.join('|')}`, expected);
    });
  }

  it('is read from its environment, whatever is in it', () => {
    const need = (...environment: string[]): string => words(needOfImage({ environment, references: [] }));
    assert.equal(need('CUDA_VERSION=12.4.1'), 'cuda image 12.4');
    assert.equal(need('CUDA_VERSION=cu12.6'), 'cuda image 12.6');
    assert.equal(need('CUDA_VERSION=12.2.2.009', 'PYTORCH_VERSION=2.1.0a0+32f93b1'), 'cuda torch 12.2');
    assert.equal(need('NV_CUDA_CUDART_VERSION=12.8.90-1'), 'cuda image 12.8');
    assert.equal(need('NVIDIA_VISIBLE_DEVICES=all'), 'cuda');
    assert.equal(need('NVIDIA_VISIBLE_DEVICES=void'), 'unclear');
    assert.equal(need('PATH=/bin', 'broken'), 'unclear');
    assert.equal(need('ROCM_VERSION=6.3'), 'rocm');
    assert.equal(need('PYTORCH_VERSION=2.5.1+cpu'), 'unclear');
    assert.equal(need('PYTORCH_VERSION=2.5.1+cu124'), 'cuda torch 12.4');
  });

  it('has the requirements that the container toolkit checks', () => {
    const required = (...environment: string[]): string[] => requirementsOf(variablesOf(environment));
    assert.deepEqual(required('NVIDIA_REQUIRE_CUDA=cuda>=12.4', 'NVIDIA_REQUIRE_DRIVER=driver>=550'), [
      'cuda>=12.4',
      'driver>=550',
    ]);
    assert.deepEqual(required('CUDA_VERSION=11.8.0'), ['cuda>=11.8']);
    assert.deepEqual(required('CUDA_VERSION=11.8.0', 'NVIDIA_REQUIRE_CUDA='), ['cuda>=11.8']);
    assert.deepEqual(required('NVIDIA_REQUIRE_JETPACK_HOST_MOUNTS=', 'NVIDIA_REQUIRE_CUDA=cuda>=9.0'), ['cuda>=9.0']);
    assert.deepEqual(required('NVIDIA_REQUIRE_CUDA=cuda>=12.4', 'NVIDIA_DISABLE_REQUIRE=true'), []);
    assert.deepEqual(required('NVIDIA_REQUIRE_CUDA=cuda>=12.4', 'NVIDIA_DISABLE_REQUIRE=no'), ['cuda>=12.4']);
  });
});
