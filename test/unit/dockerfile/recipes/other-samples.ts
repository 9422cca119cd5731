import { type Recipe, type RecipeAnswers } from '../../../../src/dockerfile/recipes/recipe.js';
import { cmakeRecipe } from '../../../../src/dockerfile/recipes/cmake-recipe.js';
import { cudaSourceRecipe } from '../../../../src/dockerfile/recipes/cuda-source-recipe.js';
import { juliaRecipe } from '../../../../src/dockerfile/recipes/julia-recipe.js';
import { renvRecipe } from '../../../../src/dockerfile/recipes/renv-recipe.js';
import { rRecipe } from '../../../../src/dockerfile/recipes/r-recipe.js';
import { repo2dockerRecipe } from '../../../../src/dockerfile/convert/repo2docker-recipe.js';
import { type DependencySource, type Project } from '../../../../src/project/project.js';
import { sampleAnswers, sampleDependencies, sampleProject, sampleVersion } from './sample-project.js';

/** A project, and what a recipe writes for it: the whole text is in `test/fixtures/dockerfiles/`. */
interface Sample {
  file: string;
  recipe: Recipe;
  project: Project;
  answers: RecipeAnswers;
}

type Cmake = Extract<DependencySource, { kind: 'cmake' }>;

/** The dependencies of a project that CMake builds. */
export function cmakeSample(given: Partial<Cmake> = {}): Cmake {
  return {
    kind: 'cmake',
    files: ['CMakeLists.txt'],
    dependencies: [],
    manifest: 'CMakeLists.txt',
    usesCuda: false,
    programs: ['simulate'],
    packages: ['Eigen3', 'OpenMP', 'HDF5', 'GSL'],
    ...given,
  };
}

const renv: DependencySource = {
  kind: 'renv',
  files: ['renv.lock'],
  lock: 'renv.lock',
  support: ['.Rprofile', 'renv/activate.R', 'renv/settings.json'],
  dependencies: sampleDependencies('renv==1.0.3', 'sf==1.0.15', 'curl==5.2.0'),
};

const binder = (files: Readonly<Record<string, string>>, given: Partial<Project> = {}, folder = 'binder'): Project => {
  const prefix = folder === '' ? '' : `${folder}/`;
  return sampleProject({
    repo2docker: { folder, files: Object.keys(files), texts: new Map(Object.entries(files)) },
    files: [...Object.keys(files).map((name) => prefix + name), 'figures.ipynb'],
    notebooks: [{ file: 'figures.ipynb', language: 'python' }],
    ...given,
  });
};

const lab = sampleAnswers({ command: ['jupyter', 'lab', '--ip=0.0.0.0', '--port=8888', '--no-browser'], port: 8888 });

export const samples: readonly Sample[] = [
  {
    file: 'renv',
    recipe: renvRecipe,
    project: sampleProject({
      dependencies: [renv],
      versions: [sampleVersion('r', '4.3.2', 'renv.lock')],
      files: ['renv.lock', '.Rprofile', 'renv/activate.R', 'renv/settings.json', 'analysis.R'],
    }),
    answers: sampleAnswers({ version: '4.3.2', command: ['Rscript', 'analysis.R'] }),
  },
  {
    file: 'renv-lock-alone',
    recipe: renvRecipe,
    project: sampleProject({ dependencies: [{ ...renv, support: [] }], files: ['renv.lock', 'analysis.R'] }),
    answers: sampleAnswers({ version: '4.4.3', command: ['Rscript', 'analysis.R'] }),
  },
  {
    file: 'r-package',
    recipe: rRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'r',
          files: ['DESCRIPTION', 'install.R'],
          manifest: 'DESCRIPTION',
          dependencies: sampleDependencies('xml2', 'data.table'),
        },
      ],
      files: ['DESCRIPTION', 'NAMESPACE', 'R/model.R', 'install.R'],
    }),
    answers: sampleAnswers({ version: '4.4.3', command: ['Rscript', '-e', 'study::main()'] }),
  },
  {
    file: 'r-scripts',
    recipe: rRecipe,
    project: sampleProject({
      files: ['paper.Rmd'],
      loadedPackages: ['DESeq2', 'dplyr', 'rmarkdown'].map((name) => ({ name, file: 'paper.Rmd' })),
    }),
    answers: sampleAnswers({ version: '4.4.3', command: ['Rscript', '-e', 'rmarkdown::render("paper.Rmd")'] }),
  },
  {
    file: 'julia',
    recipe: juliaRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'julia',
          files: ['Manifest.toml', 'Project.toml'],
          manifest: 'Project.toml',
          lock: 'Manifest.toml',
          dependencies: sampleDependencies('DataFrames==1.6.1'),
        },
      ],
      files: ['Manifest.toml', 'Project.toml', 'scripts/run.jl'],
    }),
    answers: sampleAnswers({ version: '1.10.4', command: ['julia', '--project=.', 'scripts/run.jl'] }),
  },
  {
    file: 'julia-package',
    recipe: juliaRecipe,
    project: sampleProject({
      dependencies: [
        { kind: 'julia', files: ['Project.toml'], manifest: 'Project.toml', lock: undefined, dependencies: [] },
      ],
      files: ['Project.toml', 'src/Study.jl'],
    }),
    answers: sampleAnswers({
      version: '1.10.10',
      command: ['julia', '--project=.', '-e', 'using Study; Study.main()'],
      platforms: ['linux/amd64', 'linux/arm64'],
    }),
  },
  {
    file: 'cmake',
    recipe: cmakeRecipe,
    project: sampleProject({ dependencies: [cmakeSample()], files: ['CMakeLists.txt', 'src/main.cpp', 'src/old.f90'] }),
    answers: sampleAnswers({ version: 'bookworm', command: ['./build/simulate', '--steps', '100'] }),
  },
  {
    file: 'cuda-cmake',
    recipe: cudaSourceRecipe,
    project: sampleProject({
      dependencies: [cmakeSample({ usesCuda: true, packages: ['CUDAToolkit', 'MPI', 'HDF5'] })],
      files: ['CMakeLists.txt', 'src/kernel.cu'],
    }),
    answers: sampleAnswers({ version: '12.8.1', accelerator: 'cuda', command: ['simulate'] }),
  },
  {
    file: 'cuda-python',
    recipe: cudaSourceRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'pip',
          files: ['requirements.txt'],
          requirements: ['requirements.txt'],
          pins: 'versions',
          dependencies: sampleDependencies('torch==2.5.1+cu124'),
        },
      ],
      files: ['setup.py', 'requirements.txt', 'csrc/kernel.cu', 'train.py'],
    }),
    answers: sampleAnswers({ version: '12.4.1', accelerator: 'cuda', command: ['python3', 'train.py'] }),
  },
  {
    file: 'cuda-make',
    recipe: cudaSourceRecipe,
    project: sampleProject({ files: ['Makefile', 'nbody.cu'] }),
    answers: sampleAnswers({ version: '13.0.1', accelerator: 'cuda', command: ['./nbody'] }),
  },
  {
    file: 'cuda-nvcc',
    recipe: cudaSourceRecipe,
    project: sampleProject({ files: ['n body.cu'] }),
    answers: sampleAnswers({ version: '11.8.0', accelerator: 'cuda', command: ['./n body'] }),
  },
  {
    file: 'repo2docker-python',
    recipe: repo2dockerRecipe,
    project: binder(
      {
        'apt.txt': 'ffmpeg\n# for figures\ngraphviz # dot\n',
        'runtime.txt': 'python-3.11\n',
        'requirements.txt': 'numpy==2.1.3\n',
        postBuild: '#!/bin/bash\njupyter labextension list\n',
        start: '#!/bin/bash\nexport MODE=binder\nexec "$@"\n',
      },
      {
        dependencies: [
          {
            kind: 'pip',
            files: ['binder/requirements.txt'],
            requirements: ['binder/requirements.txt'],
            pins: 'versions',
            dependencies: sampleDependencies('numpy==2.1.3'),
          },
        ],
      },
    ),
    answers: { ...lab, version: '3.11' },
  },
  {
    file: 'repo2docker-pipfile',
    recipe: repo2dockerRecipe,
    project: binder({ Pipfile: '', 'Pipfile.lock': '', 'apt.txt': '', 'setup.py': '' }, {}, ''),
    answers: { ...lab, version: '3.10' },
  },
  {
    file: 'repo2docker-conda',
    recipe: repo2dockerRecipe,
    project: binder({
      'environment.yml': 'dependencies:\n  - numpy=1.26\n  - r-base=4.3\n',
      'install.R': 'install.packages("lme4")\n',
      postBuild: '',
    }),
    answers: { ...lab, version: '3.10' },
  },
  {
    file: 'repo2docker-r',
    recipe: repo2dockerRecipe,
    project: binder({ 'runtime.txt': 'r-4.2-2023-05-01\n', 'install.R': 'install.packages("sf")\n' }, {}, ''),
    answers: { ...lab, version: '4.2.3' },
  },
  {
    file: 'repo2docker-julia',
    recipe: repo2dockerRecipe,
    project: binder(
      { 'Project.toml': '', 'apt.txt': 'gnuplot' },
      {
        dependencies: [
          {
            kind: 'julia',
            files: ['binder/Manifest.toml', 'binder/Project.toml'],
            manifest: 'binder/Project.toml',
            lock: 'binder/Manifest.toml',
            dependencies: [],
          },
        ],
      },
    ),
    answers: { ...lab, version: '1.10.10' },
  },
];
