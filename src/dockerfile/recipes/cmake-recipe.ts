import { type Project } from '../../project/project.js';
import {
  cmakeBuildPart,
  cmakeIgnored,
  cmakeProgramPart,
  cmakeSource,
  cmakeTools,
  fortranPackages,
  unknownPackages,
  withPrograms,
} from './cmake-build.js';
import { cmakePackages } from './cmake-packages.js';
import { aptPart, dockerfileOf, header, lastPart, sourcePart, userPart } from './parts.js';
import { type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { workFolderPart } from './work-folder.js';

const image = 'debian:bookworm-slim';

/** Programs that CMake builds in one stage, and that run in another one without compilers. */
export const cmakeRecipe: Recipe = {
  id: 'cmake',
  title: 'C, C++ or Fortran with CMake',
  summary: 'The programs are compiled on Debian; the image has them and their libraries, and no compiler.',
  versionOf: 'Debian',
  fit: (project) => {
    const source = cmakeSource(project);
    return source === undefined || source.usesCuda
      ? undefined
      : { degree: 'made', because: `${source.manifest} says how it is compiled` };
  },
  versions: () => [{ value: 'bookworm', label: 'Debian 12 (bookworm)', because: undefined }],
  accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  write,
};

function write(project: Project, answers: RecipeAnswers): Written {
  const source = cmakeSource(project);
  if (source === undefined) throw new Error('there is no CMakeLists.txt');
  const packages = cmakePackages(source.packages, 'bookworm');
  const fortran = fortranPackages(project);
  const languages = ['C', 'CXX'];
  return {
    dockerfile: dockerfileOf(
      header(project, 'programs built with CMake'),
      ['# The first stage has the compiler, and is not a part of the image.', `FROM ${image} AS build`].join('\n'),
      aptPart([...cmakeTools, ...packages.build, ...fortran.build], 'debian', answers.snapshot),
      workFolderPart,
      cmakeBuildPart(source, languages, []),
      ['# The image begins here.', `FROM ${image}`].join('\n'),
      aptPart([...new Set([...packages.run, ...fortran.run])], 'debian', answers.snapshot),
      workFolderPart,
      cmakeProgramPart,
      userPart(answers),
      sourcePart(),
      lastPart(project, withPrograms(answers, source.programs)),
    ),
    ignored: cmakeIgnored,
    hints: unknownPackages(source, packages.unknown, 'Debian'),
  };
}
