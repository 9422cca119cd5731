import { posix } from 'node:path';
import { type DependencySource, type Project } from '../../project/project.js';
import {
  cmakeBuildPart,
  cmakeIgnored,
  cmakeProgramPart,
  cmakeSource,
  cmakeTools,
  fortranPackages,
  programFolder,
  unknownPackages,
  withPrograms,
} from './cmake-build.js';
import { cmakePackages } from './cmake-packages.js';
import { argument, copyInPlace } from './copy-line.js';
import { cudaCapabilities, cudaImage, cudaSystem, cudaVersions } from './cuda-images.js';
import { dockerfileOf, header, lastPart, projectFolder, sourcePart, user, userPart } from './parts.js';
import { type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { unattendedAptPart } from './unattended.js';
import { workFolderPart } from './work-folder.js';

/** CUDA compiled from source: the toolkit in one stage, the program and CUDA's libraries in the image. */
export const cudaSourceRecipe: Recipe = {
  id: 'cuda-source',
  title: 'CUDA compiled from source',
  summary: 'The CUDA code is compiled with NVIDIA’s toolkit; the image has the program and CUDA’s libraries.',
  versionOf: 'CUDA',
  fit: (project) => {
    const compiled = compiledBy(project);
    return compiled === undefined ? undefined : { degree: 'made', because: compiled.because };
  },
  versions: cudaVersions,
  accelerators: () => [{ value: 'cuda', label: 'NVIDIA GPU (CUDA)', because: 'the code is written for it' }],
  write,
};

type CmakeSource = Extract<DependencySource, { kind: 'cmake' }>;

/** Who compiles the CUDA code. */
type Compiled = { because: string } & (
  | { by: 'cmake'; source: CmakeSource }
  /** `requirements`: files that say what is needed before the project itself can be installed. */
  | { by: 'python'; requirements: readonly string[]; files: readonly string[]; tools: readonly string[] }
  | { by: 'make' }
  | { by: 'nvcc'; sources: readonly string[] }
);

function compiledBy(project: Project): Compiled | undefined {
  const { listing, dependencies } = project;
  const cmake = cmakeSource(project);
  if (cmake?.usesCuda === true) {
    return { by: 'cmake', source: cmake, because: `${cmake.manifest} compiles CUDA` };
  }
  const sources = listing.files.filter((file) => file.endsWith('.cu'));
  const [first] = sources;
  if (first === undefined || cmake !== undefined) return undefined;
  const because = `${first} is written in CUDA`;
  if (listing.files.includes('setup.py')) {
    const pip = dependencies.find((source) => source.kind === 'pip');
    return {
      by: 'python',
      requirements: pip?.requirements ?? [],
      files: pip?.files ?? [],
      tools: buildTools.filter((tool) => pip?.dependencies.some(({ name }) => tool.startsWith(`${name}==`)) !== true),
      because: `${because}, and setup.py compiles it`,
    };
  }
  return listing.files.includes('Makefile')
    ? { by: 'make', because: `${because}, and the Makefile compiles it` }
    : { by: 'nvcc', sources, because };
}

function write(project: Project, answers: RecipeAnswers): Written {
  const compiled = compiledBy(project);
  if (compiled === undefined) throw new Error('there is no CUDA code');
  switch (compiled.by) {
    case 'cmake':
      return writeCmake(project, answers, compiled.source);
    case 'python':
      return writePython(project, answers, compiled);
    case 'make':
      return writeMake(project, answers);
    case 'nvcc':
      return writeNvcc(project, answers, compiled.sources);
  }
}

function writeCmake(project: Project, answers: RecipeAnswers, source: CmakeSource): Written {
  const packages = cmakePackages(source.packages, cudaSystem(answers.version));
  const fortran = fortranPackages(project);
  const hasCudnn = source.packages.some((name) => name.toLowerCase() === 'cudnn');
  const capabilities = cudaCapabilities(answers.version).map((capability) => capability.replace('.', ''));
  return {
    dockerfile: twoStages(project, withPrograms(answers, source.programs), hasCudnn, {
      buildPackages: [...cmakeTools, ...packages.build, ...fortran.build],
      build: cmakeBuildPart(source, ['C', 'CXX', 'CUDA'], [`-DCMAKE_CUDA_ARCHITECTURES="${capabilities.join(';')}"`]),
      runPackages: [...packages.run, ...fortran.run],
      result: cmakeProgramPart,
      files: sourcePart(),
    }),
    ignored: cmakeIgnored,
    hints: unknownPackages(source, packages.unknown, 'Ubuntu'),
  };
}

/** What a package is built with; PyTorch asks for a range of setuptools that this one is in. */
const buildTools: readonly string[] = ['setuptools==80.9.0', 'wheel==0.45.1'];

/** Where packages of Python are, in both stages. */
const environment = '/opt/env';

function writePython(
  project: Project,
  answers: RecipeAnswers,
  { requirements, files, tools }: Record<'requirements' | 'files' | 'tools', readonly string[]>,
): Written {
  const pip = 'RUN --mount=type=cache,target=/root/.cache/pip,sharing=locked \\\n    pip install';
  return {
    dockerfile: twoStages(project, answers, false, {
      buildPackages: ['ca-certificates', 'git', 'ninja-build', 'python3', 'python3-dev', 'python3-venv'],
      build: [
        '# An environment of Python that is copied as a whole, and the GPUs to compile for: none can be asked in a build.',
        `ENV PATH=${environment}/bin:$PATH \\`,
        '    PYTHONDONTWRITEBYTECODE=1 \\',
        `    TORCH_CUDA_ARCH_LIST="${cudaCapabilities(answers.version).join(' ')}+PTX"`,
        `RUN python3 -m venv ${environment}`,
        '',
        '# What the project needs to be compiled and to run. It is installed again only when these files change.',
        ...(files.length === 0 ? [] : [copyInPlace(files)]),
        [[`${pip} --no-compile`, ...tools].join(' '), ...requirements.map((file) => `-r ${argument(file)}`)].join(
          ' \\\n      ',
        ),
        '',
        '# The time of the commit that is built, for files that note when they were made.',
        'ARG SOURCE_DATE_EPOCH',
        '',
        '# The project is compiled and installed.',
        'COPY . .',
        `${pip} --no-compile --no-build-isolation --no-deps .`,
      ].join('\n'),
      runPackages: ['libgomp1', 'python3'],
      result: [
        '# The environment comes from the first stage; compilers and headers stay behind.',
        `COPY --from=build ${environment} ${environment}`,
        `ENV PATH=${environment}/bin:$PATH`,
      ].join('\n'),
      files: sourcePart(),
    }),
    ignored: ['build', 'dist', '*.egg-info'],
    hints: [],
  };
}

function writeMake(project: Project, answers: RecipeAnswers): Written {
  return {
    dockerfile: twoStages(project, answers, false, {
      buildPackages: ['g++', 'make'],
      build: ['# The project is compiled.', buildTime, 'COPY . .', 'RUN make'].join('\n'),
      runPackages: ['libgomp1'],
      result: '',
      files: [
        '# The files of the project with what was compiled; .dockerignore says which are left out.',
        `COPY --from=build --chown=${user}:${user} ${projectFolder} .`,
        `USER ${user}`,
      ].join('\n'),
    }),
    ignored: ['**/*.o'],
    hints: [],
  };
}

function writeNvcc(project: Project, answers: RecipeAnswers, sources: readonly string[]): Written {
  const [first = ''] = sources;
  const program = sources.length === 1 ? posix.basename(first, '.cu') : project.name.replaceAll(/[^\w.-]+/g, '-');
  const capabilities = cudaCapabilities(answers.version).map((capability) => capability.replace('.', ''));
  const newest = capabilities.at(-1) ?? '';
  return {
    dockerfile: twoStages(project, withPrograms(answers, [program]), false, {
      buildPackages: [],
      build: [
        '# The program, for every kind of GPU, since none can be asked during a build. The last line is for later kinds.',
        buildTime,
        'COPY . .',
        `RUN mkdir --parents ${programFolder}/bin \\`,
        ' && nvcc -O3 \\',
        ...capabilities.map((number) => `      -gencode arch=compute_${number},code=sm_${number} \\`),
        `      -gencode arch=compute_${newest},code=compute_${newest} \\`,
        `      -o ${argument(`${programFolder}/bin/${program}`)} ${sources.map(argument).join(' ')}`,
      ].join('\n'),
      runPackages: [],
      result: cmakeProgramPart,
      files: sourcePart(),
    }),
    ignored: ['**/*.o'],
    hints: [
      {
        message: 'Nothing in the project says how it is compiled. A CMakeLists.txt or a Makefile says it to everybody.',
        command: undefined,
      },
    ],
  };
}

const buildTime = 'ARG SOURCE_DATE_EPOCH';

interface Stages {
  buildPackages: readonly string[];
  /** Behind the packages, in the project's folder. */
  build: string;
  runPackages: readonly string[];
  /** What comes from the first stage. */
  result: string;
  /** The project's own files, and the user. */
  files: string;
}

/** NVIDIA's images say to the engine themselves which CUDA they need, and that they want a GPU. */
function twoStages(project: Project, answers: RecipeAnswers, hasCudnn: boolean, parts: Stages): string {
  const { version, snapshot } = answers;
  return dockerfileOf(
    header(project, `CUDA ${version}, compiled from source`),
    [
      '# The first stage has NVIDIA’s compiler, and is not a part of the image.',
      `FROM ${cudaImage(version, 'devel', hasCudnn)} AS build`,
    ].join('\n'),
    unattendedAptPart([...new Set(parts.buildPackages)], 'ubuntu', snapshot),
    workFolderPart,
    parts.build,
    [
      '# The image begins here. It asks for a GPU, and for a driver that knows this CUDA, when it is run.',
      `FROM ${cudaImage(version, 'runtime', hasCudnn)}`,
    ].join('\n'),
    unattendedAptPart([...new Set(parts.runPackages)], 'ubuntu', snapshot),
    workFolderPart,
    parts.result,
    userPart(answers),
    parts.files,
    lastPart(project, answers),
  );
}
