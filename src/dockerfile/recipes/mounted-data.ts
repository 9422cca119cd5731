import { posix } from 'node:path';
import { type DependencySource, type Project } from '../../project/project.js';
import { type RecipeAnswers } from './recipe.js';

/** The folders of data, relative to the project, that are mounted at run time and not copied: those with nothing in them that the image needs. */
export function mountedData(project: Project, answers: RecipeAnswers): string[] {
  const needed = neededFiles(project, answers);
  return project.data.filter((folder) => !needed.some((file) => file.startsWith(`${folder}/`)));
}

/** What the image cannot be without: what its steps copy before all others, and what is run. */
export function neededFiles(project: Project, { command, output }: RecipeAnswers): string[] {
  const { listing, dependencies, repo2docker, entries, data } = project;
  const { files } = listing;
  const listed = new Set(files);
  const prefix = repo2docker === undefined || repo2docker.folder === '' ? '' : `${repo2docker.folder}/`;
  return [
    ...dependencies.flatMap(filesOf),
    ...(repo2docker?.files ?? []).map((name) => prefix + name),
    ...command.map((word) => word.replace(/^\.\//, '')).filter((word) => listed.has(word)),
    ...entries.slice(0, 1).map(({ file }) => file),
    ...data.flatMap((folder) => partOfProgram(files, folder) ?? []),
    // A notebook among results is one that was run.
    ...files.filter((file) => file.startsWith(`${output}/`) && isCode(file) && !file.endsWith('.ipynb')).slice(0, 1),
  ];
}

/** A file in a folder of data by which it is a part of the program: code, or data that a package is installed with. */
function partOfProgram(files: readonly string[], folder: string): string | undefined {
  const inside = files.filter((file) => file.startsWith(`${folder}/`));
  const isOfPython = files.includes(`${posix.dirname(folder)}/__init__.py`);
  const isOfR = folder === 'data' && ['DESCRIPTION', 'NAMESPACE'].every((name) => files.includes(name));
  return isOfPython || isOfR ? inside[0] : inside.find(isCode);
}

function filesOf(source: DependencySource): readonly string[] {
  return source.kind === 'renv' ? [...source.files, ...source.support] : source.files;
}

function isCode(file: string): boolean {
  return /\.(?:py|R|r|jl|ipynb|sh|c|cc|cpp|cxx|h|hpp|cu|f90|f|for)$/.test(file);
}
