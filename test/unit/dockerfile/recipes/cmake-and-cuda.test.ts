import assert from 'node:assert/strict';
import architectureTable from '../../../../src/cuda/architectures.json';
import { toolkitsOf } from '../../../../src/cuda/tables.js';
import { isAtLeast, majorMinor } from '../../../../src/cuda/version.js';
import { cmakePackages } from '../../../../src/dockerfile/recipes/cmake-packages.js';
import { cmakeRecipe } from '../../../../src/dockerfile/recipes/cmake-recipe.js';
import { cudaCapabilities, cudaImage, cudaVersions } from '../../../../src/dockerfile/recipes/cuda-images.js';
import { cudaSourceRecipe } from '../../../../src/dockerfile/recipes/cuda-source-recipe.js';
import { type DependencySource } from '../../../../src/project/project.js';
import { cmakeSample } from './other-samples.js';
import { sampleAnswers, sampleDependencies, sampleProject } from './sample-project.js';

const architectures: readonly { capability: string; firstToolkit: string; lastToolkit?: string }[] =
  architectureTable.architectures;

describe('packages that CMake looks for', () => {
  it('are found whatever case they are written in', () => {
    assert.deepEqual(cmakePackages(['eigen3', 'GSL', 'ZLIB'], 'bookworm'), {
      build: ['libeigen3-dev', 'libgsl-dev', 'zlib1g-dev'],
      run: ['libgsl27', 'zlib1g'],
      unknown: [],
    });
  });

  it('are called otherwise on another system', () => {
    assert.deepEqual(cmakePackages(['GSL', 'TIFF'], 'noble').run, ['libgsl27t64', 'libtiff6']);
    assert.deepEqual(cmakePackages(['GSL', 'TIFF'], 'jammy').run, ['libgsl27', 'libtiff5']);
  });

  it('are taken with their headers where nobody knows their libraries', () => {
    assert.deepEqual(cmakePackages(['VTK'], 'bookworm'), { build: ['libvtk9-dev'], run: ['libvtk9-dev'], unknown: [] });
  });

  it('are named where they are not known, those of CUDA aside', () => {
    const { unknown } = cmakePackages(['CUDAToolkit', 'CUDNN', 'Frobnicate', 'constructor', 'OpenMP'], 'noble');
    assert.deepEqual(unknown, ['Frobnicate', 'constructor']);
  });
});

describe('recipe for CMake', () => {
  const project = (given: Parameters<typeof cmakeSample>[0]): ReturnType<typeof sampleProject> =>
    sampleProject({ dependencies: [cmakeSample(given)] });

  it('leaves CUDA to the recipe for it', () => {
    assert.equal(cmakeRecipe.fit(project({ usesCuda: true })), undefined);
    assert.equal(cudaSourceRecipe.fit(project({ usesCuda: false })), undefined);
  });

  it('installs nothing to run with where headers are all', () => {
    const { dockerfile } = cmakeRecipe.write(project({ packages: ['Eigen3'] }), sampleAnswers());
    assert.equal(dockerfile.match(/apt-get install/g)?.length, 1);
  });

  it('says which packages somebody has to look for', () => {
    const { hints } = cmakeRecipe.write(project({ packages: ['Frobnicate'] }), sampleAnswers());
    assert.match(hints[0]?.message ?? '', /CMakeLists\.txt looks for Frobnicate/);
  });

  it('names the programs in a command, wherever they were built', () => {
    const command = ['mpirun', '-n', '4', 'build/bin/simulate', 'data/simulate.csv', 'simulate'];
    const { dockerfile } = cmakeRecipe.write(project({}), sampleAnswers({ command }));
    assert.match(dockerfile, /CMD \["mpirun", "-n", "4", "simulate", "data\/simulate\.csv", "simulate"\]/);
  });

  it('builds a project whose programs are not known', () => {
    const { dockerfile } = cmakeRecipe.write(project({ programs: [] }), sampleAnswers({ command: [] }));
    assert.match(dockerfile, /cmake --build \/build --parallel "\$\(nproc\)"\n\n/);
    assert.match(dockerfile, /CMD \["bash"\]/);
  });
});

function pip(...lines: string[]): DependencySource {
  return {
    kind: 'pip',
    files: ['requirements.txt'],
    requirements: ['requirements.txt'],
    pins: 'versions',
    dependencies: sampleDependencies(...lines),
  };
}

describe('images of CUDA', () => {
  it('are of toolkits that the table of drivers has', () => {
    const versions = cudaVersions(sampleProject()).map(({ value }) => majorMinor(value) ?? '');
    assert.ok(versions.length > 8);
    for (const version of versions) assert.ok(toolkitsOf(Number(version.split('.')[0])).includes(version), version);
    assert.equal(new Set(versions).size, versions.length);
  });

  it('are those that the wheels are built for', () => {
    const first = (...lines: string[]): { value: string; because: string | undefined } | undefined =>
      cudaVersions(sampleProject({ dependencies: [pip(...lines)] }))[0];
    assert.equal(first('torch==2.5.1+cu124')?.value, '12.4.1');
    assert.equal(first('torch==2.6.0')?.value, '12.4.1');
    assert.equal(first('torch==2.9.1')?.value, '12.8.1');
    assert.equal(first('torch==2.9.1+cu130')?.value, '13.0.2');
    assert.equal(first('torch==2.14.0+cu132')?.value, '13.2.1');
    assert.equal(first('torch==2.15.0')?.value, '13.0.2');
    assert.equal(first('torch==2.6.0')?.because, 'torch in requirements.txt is built for it');
    assert.equal(first('torch')?.value, '12.8.1');
    assert.equal(first('numpy==2.1.3')?.value, '12.8.1');
    assert.equal(first('torch==1.4.0+cu100')?.value, '12.8.1');
  });

  it('are of the same major version where none is offered of the CUDA that wheels are built for', () => {
    const first = (line: string): { value: string; because: string | undefined } | undefined =>
      cudaVersions(sampleProject({ dependencies: [pip(line)] }))[0];
    assert.equal(first('torch==2.3.1')?.value, '12.1.1');
    assert.equal(first('torch==2.0.1')?.value, '11.8.0');
    assert.match(first('torch==2.0.1')?.because ?? '', / is built for CUDA 11\.7, and can be extended with this one$/);
    assert.equal(first('torch==2.13.0+cu129')?.value, '12.9.1');
  });

  it('are called as NVIDIA calls them', () => {
    assert.equal(cudaImage('12.8.1', 'devel', false), 'nvidia/cuda:12.8.1-devel-ubuntu24.04');
    assert.equal(cudaImage('12.4.1', 'runtime', true), 'nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04');
    assert.equal(cudaImage('12.3.2', 'devel', true), 'nvidia/cuda:12.3.2-cudnn9-devel-ubuntu22.04');
    assert.equal(cudaImage('11.8.0', 'devel', true), 'nvidia/cuda:11.8.0-cudnn8-devel-ubuntu22.04');
  });

  it('compile for GPUs that their toolkit knows', () => {
    for (const { value } of cudaVersions(sampleProject())) {
      for (const capability of cudaCapabilities(value)) {
        const architecture = architectures.find((row) => row.capability === capability);
        assert.ok(architecture !== undefined, capability);
        const { firstToolkit, lastToolkit = '99.9' } = architecture;
        assert.ok(isAtLeast(value, firstToolkit) === true, `${value} ${capability}`);
        assert.ok(isAtLeast(lastToolkit, majorMinor(value) ?? '') === true, `${value} ${capability}`);
      }
    }
    assert.ok(!cudaCapabilities('12.6.3').includes('12.0'));
    assert.ok(!cudaCapabilities('13.0.1').includes('7.0'));
  });
});

describe('recipe for CUDA from source', () => {
  it('says who compiles it', () => {
    const because = (...files: string[]): string | undefined => cudaSourceRecipe.fit(sampleProject({ files }))?.because;
    assert.equal(because('a.cu', 'setup.py'), 'a.cu is written in CUDA, and setup.py compiles it');
    assert.equal(because('a.cu', 'Makefile'), 'a.cu is written in CUDA, and the Makefile compiles it');
    assert.equal(because('a.cu'), 'a.cu is written in CUDA');
    assert.equal(because('a.cuh', 'a.cucumber', 'setup.py'), undefined);
  });

  it('takes cuDNN where it is looked for', () => {
    const project = sampleProject({ dependencies: [cmakeSample({ usesCuda: true, packages: ['CUDNN'] })] });
    const { dockerfile } = cudaSourceRecipe.write(project, sampleAnswers({ version: '12.8.1' }));
    assert.match(dockerfile, /FROM nvidia\/cuda:12\.8\.1-cudnn-devel-ubuntu24\.04 AS build/);
    assert.match(dockerfile, /FROM nvidia\/cuda:12\.8\.1-cudnn-runtime-ubuntu24\.04\n/);
  });

  it('links several files into a program that is called as the project', () => {
    const project = sampleProject({ name: `Maria's n-body`, files: ['a.cu', 'src/b c.cu'] });
    const { dockerfile } = cudaSourceRecipe.write(project, sampleAnswers({ version: '12.8.1' }));
    assert.match(dockerfile, /-o \/opt\/program\/bin\/Maria-s-n-body a\.cu 'src\/b c\.cu'$/m);
  });

  it('installs a project of Python without requirements', () => {
    const project = sampleProject({ files: ['setup.py', 'a.cu'] });
    const { dockerfile } = cudaSourceRecipe.write(project, sampleAnswers({ version: '12.8.1' }));
    assert.match(dockerfile, /setuptools==[\d.]+ wheel==[\d.]+\n\n/);
    assert.match(dockerfile, /--no-build-isolation --no-deps \.$/m);
  });

  it('takes the setuptools that the requirements of a project pin', () => {
    const dependencies = [pip('torch==2.9.1', 'setuptools==81.0.0')];
    const project = sampleProject({ files: ['setup.py', 'a.cu'], dependencies });
    const { dockerfile } = cudaSourceRecipe.write(project, sampleAnswers({ version: '12.8.1' }));
    assert.match(dockerfile, /pip install --no-compile wheel==[\d.]+ \\\n {6}-r requirements\.txt$/m);
  });

  it('leaves code for GPUs that are not known yet, which the driver translates', () => {
    const written = (...files: string[]): string =>
      cudaSourceRecipe.write(sampleProject({ files }), sampleAnswers({ version: '12.4.1' })).dockerfile;
    assert.match(
      written('a.cu'),
      /-gencode arch=compute_90,code=sm_90 \\\n {6}-gencode arch=compute_90,code=compute_90 \\$/m,
    );
    assert.match(written('a.cu', 'setup.py'), /TORCH_CUDA_ARCH_LIST="[\d. ]+ 9\.0\+PTX"$/m);
  });
});
