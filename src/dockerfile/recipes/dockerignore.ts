import { posix } from 'node:path';
import { type DependencySource, type Project } from '../../project/project.js';
import { recordsFolder } from '../../project/records-folder.js';
import { ignoredBy } from '../ignored-paths.js';
import { secretFileNames } from '../secret-files.js';
import { projectFolder } from './parts.js';
import { type RecipeAnswers } from './recipe.js';

const header =
  '# What is not a part of the image. Written by Research Containers for this project, and yours from now on.';

interface Section {
  comment: readonly string[];
  patterns: readonly string[];
}

const history: Section = {
  comment: ['git’s own files, and the records of builds and runs: what is built does not depend on them.'],
  patterns: ['.git', '.hg', '.svn', recordsFolder],
};
const secrets: Section = {
  comment: ['Secrets: an image is passed on with all that is in it.'],
  patterns: [...[...secretFileNames].map((name) => `**/${name}`), '**/.Renviron', '**/*.pem'],
};
const environments: Section = {
  comment: ['Environments and caches of this machine: the image has its own.'],
  patterns: [
    ...['**/.venv', '**/venv', '**/.pixi', '**/.tox', '**/.nox', '**/node_modules', '**/__pycache__', '**/*.py[cod]'],
    ...['**/.ipynb_checkpoints', '**/.pytest_cache', '**/.mypy_cache', '**/.ruff_cache', '**/.cache', '**/.snakemake'],
    ...['**/.vscode', '**/.idea', '**/.DS_Store', '**/Thumbs.db'],
  ],
};
const models: Section = {
  comment: ['Checkpoints, logs of training and trained models: they are large, and are results.'],
  patterns: [
    ...['**/checkpoints', '**/wandb', '**/mlruns', '**/lightning_logs'],
    ...['**/*.pt', '**/*.pth', '**/*.ckpt', '**/*.safetensors'],
  ],
};

/**
 * A `.dockerignore` (https://docs.docker.com/build/concepts/context/#dockerignore-files) that leaves out nothing that the
 * image needs: a pattern that would is not written, and a comment says why.
 *
 * @param ignored further patterns, of the recipe
 */
export function dockerignoreText(project: Project, answers: RecipeAnswers, ignored: readonly string[]): string {
  const needed = neededFiles(project, answers);
  const results = literalPattern(answers.output);
  const sections: Section[] = [
    history,
    environments,
    secrets,
    ...(ignored.length === 0
      ? []
      : [{ comment: ['What working with the project’s tools leaves.'], patterns: ignored }]),
    ...(results === ''
      ? []
      : [{ comment: ['Results of earlier runs: a run binds a folder of yours there.'], patterns: [results] }]),
    models,
    ...dataSections(project, answers),
  ];
  const parts = sections.map(({ comment, patterns }) => {
    const judged = patterns.map((pattern) => ({ pattern, file: needed.find(ignoredBy([pattern])) }));
    const kept = judged.flatMap(({ pattern, file }) => (file === undefined ? [pattern] : []));
    const notes = judged.flatMap(({ pattern, file }) =>
      file === undefined ? [] : [`${oneLine(pattern)} is not left out: the image needs ${oneLine(file)}.`],
    );
    return [...(kept.length === 0 ? [] : comment), ...notes]
      .map((line) => `# ${line}`)
      .concat(kept)
      .join('\n');
  });
  return `${[header, ...parts].join('\n\n')}\n`;
}

/** The folders of data that are mounted at run time and not copied: those with nothing in them that the image needs. */
export function mountedData(project: Project, answers: RecipeAnswers): string[] {
  const needed = neededFiles(project, answers);
  return project.data.filter((folder) => !needed.some((file) => file.startsWith(`${folder}/`)));
}

function dataSections(project: Project, answers: RecipeAnswers): Section[] {
  const mounted = mountedData(project, answers);
  const comment = [
    'Data is not copied but mounted when the image is run:',
    ...mounted.map(
      (folder) => `  --mount type=bind,source="$(pwd)/${folder}",target=${projectFolder}/${folder},readonly`,
    ),
    'To have it in the image instead, remove its line below.',
  ].map(oneLineEnd);
  return project.data.length === 0
    ? []
    : [{ comment: mounted.length === 0 ? [] : comment, patterns: project.data.map(literalPattern) }];
}

/**
 * The lines of another `.dockerignore` that are missing in one, appended to it with their comments. A line that would leave
 * out what the existing one takes back with `!` is not added. Where none is missing the text is returned as it is.
 */
export function mergeDockerignore(existing: string, wanted: string): string {
  const lines = patternLines(existing);
  const present = new Set(lines.map(normalized));
  const exceptions = lines.filter((line) => line.startsWith('!')).map((line) => normalized(line.slice(1)));
  const isMissing = (line: string): boolean => {
    const pattern = normalized(line);
    return !present.has(pattern) && !exceptions.some(ignoredBy([pattern]));
  };
  const parts = wanted.split(/\n{2,}/).flatMap((part) => {
    const kept = part.split('\n').filter((line) => line.startsWith('#') || (line.trim() !== '' && isMissing(line)));
    return kept.every((line) => line.startsWith('#')) ? [] : [kept.join('\n')];
  });
  if (parts.length === 0) return existing;
  const before = existing === '' || existing.endsWith('\n') ? existing : `${existing}\n`;
  return `${before}${before.trim() === '' ? '' : '\n'}${['# Added by Research Containers.', ...parts].join('\n\n')}\n`;
}

/** What the image cannot be without: what its steps copy before all others, and what is run. */
function neededFiles(project: Project, { command, output }: RecipeAnswers): string[] {
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

/** A path as a pattern that means nothing else; empty for the project's own folder. */
function literalPattern(path: string): string {
  const clean = path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
  if (clean === '.' || clean === '..' || clean.startsWith('../')) return '';
  return clean.replaceAll(/[[\]*?\\]/g, '\\$&').replace(/^[#!]/, '\\$&');
}

function patternLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** As Docker compares it: `./data/` and `/data` are `data`. */
function normalized(line: string): string {
  return line
    .trim()
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/+$/, '');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function oneLineEnd(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
