import { posix } from 'node:path';
import { type DependencySource, type Project } from '../../project/project.js';
import { argument } from './copy-line.js';
import { type RecipeAnswers, type Written } from './recipe.js';

export type CmakeSource = Extract<DependencySource, { kind: 'cmake' }>;

/** Where the programs that were built are, with their libraries beside them: the same folder in every stage. */
export const programFolder = '/opt/program';

export function cmakeSource({ dependencies }: Project): CmakeSource | undefined {
  return dependencies.find((source) => source.kind === 'cmake');
}

/** What every build with CMake is done with: `ccache` compiles nothing twice, git and certificates are for FetchContent. */
export const cmakeTools: readonly string[] = ['ca-certificates', 'ccache', 'cmake', 'g++', 'git', 'make'];

/** Fortran's compiler, and what its programs run with, where the project has files of it. */
export function fortranPackages({ listing }: Project): { build: string[]; run: string[] } {
  const hasFortran = listing.files.some((file) => /\.(?:f|for|f90|f95|f03|f08)$/i.test(file));
  return hasFortran ? { build: ['gfortran'], run: ['libgfortran5'] } : { build: [], run: [] };
}

/** Compiles the project in the stage that is there for it. @param options further ones of CMake, as they are typed */
export function cmakeBuildPart(
  { programs }: CmakeSource,
  languages: readonly string[],
  options: readonly string[],
): string {
  const launchers = languages.map((language) => `-DCMAKE_${language}_COMPILER_LAUNCHER=ccache`);
  const all = [
    '-DCMAKE_BUILD_TYPE=Release',
    ...launchers,
    `-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${programFolder}/bin`,
    `-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=${programFolder}/lib`,
    ...options,
  ];
  const built = programs.map((program) => argument(`${programFolder}/bin/${program}`));
  return [
    '# The time of the commit that is built, for programs that note when they were made.',
    'ARG SOURCE_DATE_EPOCH',
    '',
    '# The project is compiled; what did not change comes from the cache of an earlier build.',
    ...(built.length === 0
      ? []
      : ['# The last command fails where a program is not in the place that it is copied from below.']),
    'COPY . .',
    'RUN --mount=type=cache,target=/root/.cache/ccache,sharing=locked \\',
    '    cmake -S . -B /build \\',
    ...all.map((option) => `      ${option} \\`),
    ` && cmake --build /build --parallel "$(nproc)"${built.length === 0 ? '' : ' \\'}`,
    // Better here than when the program is run: a project may say itself where its programs go.
    ...(built.length === 0 ? [] : [` && ls -l ${built.join(' ')}`]),
  ].join('\n');
}

/** The programs, in the stage that they are run in. */
export const cmakeProgramPart = [
  '# The programs come from the first stage; compilers and headers stay behind.',
  `COPY --from=build ${programFolder} ${programFolder}`,
  `ENV PATH=${programFolder}/bin:$PATH`,
].join('\n');

/** The answers with programs by their names alone, for `build/simulate` is not where it is in the container. */
export function withPrograms(answers: RecipeAnswers, programs: readonly string[]): RecipeAnswers {
  const command = answers.command.map((word) => {
    const name = posix.basename(word);
    return word.includes('/') && programs.includes(name) ? name : word;
  });
  return { ...answers, command };
}

/** What building with CMake leaves on a machine. */
export const cmakeIgnored: readonly string[] = ['build', 'build-*', 'cmake-build-*', 'CMakeUserPresets.json'];

/** Packages that the project looks for and nobody here knows the name of. */
export function unknownPackages(
  { manifest }: CmakeSource,
  unknown: readonly string[],
  system: string,
): Written['hints'] {
  return unknown.map((name) => ({
    message: `${manifest} looks for ${name}, which may need a package of ${system}: add it to both apt-get steps.`,
    command: undefined,
  }));
}
