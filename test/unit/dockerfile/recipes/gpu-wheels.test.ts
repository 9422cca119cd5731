import assert from 'node:assert/strict';
import {
  cudaExtras,
  cudaOf,
  gpuVariables,
  lockedAccelerators,
  openAccelerators,
  torchFirst,
} from '../../../../src/dockerfile/recipes/gpu-wheels.js';
import { sampleDependencies } from './sample-project.js';

const values = (choices: readonly { value: string }[]) => choices.map(({ value }) => value);

describe('The wheels of GPUs', () => {
  const cases: [lines: string[], locked: string[], open: string[]][] = [
    [['numpy==2.1.3'], ['cpu'], ['cpu']],
    [['torch==2.6.0'], ['cpu'], ['cuda', 'cpu', 'rocm']],
    [['torch==1.13.1'], ['cpu'], ['cuda', 'cpu']],
    [['torch'], ['cpu'], ['cuda', 'cpu']],
    [['torch==2.6.0+cu126'], ['cuda', 'cpu'], ['cuda']],
    [['torch==2.6.0+cpu'], ['cpu'], ['cpu']],
    [['torch==2.6.0+rocm6.2.4'], ['rocm', 'cpu'], ['rocm']],
    [['torch==2.6.0', 'nvidia-cudnn-cu12==9.1.0.70'], ['cuda', 'cpu'], ['cuda']],
    [['jax==0.4.36'], ['cpu'], ['cpu', 'cuda']],
    [['jax[cuda12]==0.4.36'], ['cuda', 'cpu'], ['cuda']],
    [['jax==0.4.36', 'jax-cuda12-plugin==0.4.36'], ['cuda', 'cpu'], ['cuda']],
    [['tensorflow[and-cuda]==2.18.0'], ['cuda', 'cpu'], ['cuda']],
    [['tensorflow==2.18.0'], ['cpu'], ['cpu', 'cuda']],
    [['torch==2.6.0+cpu', 'jax[cuda12]'], ['cuda', 'cpu'], ['cuda']],
  ];
  for (const [lines, locked, open] of cases) {
    it(`of ${lines.join(' and ')} leave these answers`, () => {
      assert.deepEqual(values(lockedAccelerators(sampleDependencies(...lines), 'uv.lock')), locked);
      assert.deepEqual(values(openAccelerators(sampleDependencies(...lines), 'requirements.txt')), open);
    });
  }

  it('say what decided', () => {
    const [first] = openAccelerators(sampleDependencies('torch==2.6.0+cu126'), 'requirements.txt');
    assert.equal(first?.because, 'requirements.txt has torch for cu126');
  });

  it('come from PyTorch’s own index for other hardware than PyPI’s are for', () => {
    const torch = sampleDependencies('numpy==2.1.3', 'torch==2.6.0', 'torchaudio==2.6.0', 'torchvision');
    assert.deepEqual(torchFirst('cpu', torch), {
      index: 'https://download.pytorch.org/whl/cpu',
      requirements: ['torch==2.6.0', 'torchaudio==2.6.0'],
    });
    assert.equal(torchFirst('rocm', torch)?.index, 'https://download.pytorch.org/whl/rocm6.2.4');
    assert.equal(torchFirst('cuda', torch), undefined);
    assert.equal(torchFirst('cpu', sampleDependencies('torch')), undefined);
    assert.equal(torchFirst('cpu', sampleDependencies('torch==2.6.0+cpu')), undefined);
    assert.equal(torchFirst('rocm', sampleDependencies('torch==1.13.1')), undefined);
  });

  it('are asked for by extras where they are not installed otherwise', () => {
    const dependencies = sampleDependencies('jax==0.4.36', 'tensorflow', 'torch==2.6.0');
    assert.deepEqual(cudaExtras('cuda', dependencies), ['jax[cuda12]==0.4.36', 'tensorflow[and-cuda]']);
    assert.deepEqual(cudaExtras('cpu', dependencies), []);
    assert.deepEqual(cudaExtras('cuda', sampleDependencies('jax[cuda12]==0.4.36')), []);
  });

  const builds: [lines: string[], cuda: string | undefined, oldest: string][] = [
    [['torch==2.6.0'], '12.4', '12.0'],
    [['torch==2.6.0+cu118'], '11.8', '11.0'],
    [['torch==2.12.1'], '13.0', '13.0'],
    [['torch==2.9.1'], '12.8', '12.0'],
    [['torch==2.11.0'], '13.0', '13.0'],
    [['torch==99.0'], '13.0', '13.0'],
    [['torch==1.13.1'], undefined, '12.0'],
    [['jax[cuda13]'], '13.0', '13.0'],
    [['nvidia-cublas-cu12==12.4.5.8'], '12.0', '12.0'],
    [['cuda-version=12.6'], '12.6', '12.0'],
    [['numpy==2.1.3'], undefined, '12.0'],
    [['torch==2.6.0+cu118', 'jax[cuda12]'], '12.0', '12.0'],
  ];
  for (const [lines, cuda, oldest] of builds) {
    it(`of ${lines.join(' and ')} run with drivers of CUDA ${oldest} or newer`, () => {
      assert.equal(cudaOf(sampleDependencies(...lines)), cuda);
      assert.ok(gpuVariables('cuda', sampleDependencies(...lines)).includes(`NVIDIA_REQUIRE_CUDA="cuda>=${oldest}"`));
    });
  }

  it('need no variables without an NVIDIA GPU', () => {
    assert.deepEqual(gpuVariables('cpu', sampleDependencies('torch==2.6.0')), []);
    assert.deepEqual(gpuVariables('rocm', sampleDependencies('torch==2.6.0')), []);
  });
});
