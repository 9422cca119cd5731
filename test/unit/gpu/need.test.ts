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
  return ['cuda', ...need.toolkits.map(({ origin, candidates }) => `${origin} ${candidates.join('|')}`)].join(' ');
}

const lock = (...packages: [name: string, version: string][]): Record<string, string> => ({
  'uv.lock': packages.map(([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\n`).join(''),
});

describe('what a project needs', () => {
  const python = 'FROM python:3.12-slim\n';
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
    ['CuPy', python, { 'requirements.txt': 'cupy-cuda12x==13.4.1\n' }, 'cuda packages 12.0|12.9'],
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
