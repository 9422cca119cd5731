import { type Project } from '../../project/project.js';
import { recordsFolder } from '../../project/records-folder.js';
import { ignoredBy } from '../ignored-paths.js';
import { secretFileName, secretFileNames } from '../secret-files.js';
import { mountedData, neededFiles } from './mounted-data.js';
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
  patterns: ['.git', '.hg', '.svn', '.jj', recordsFolder],
};
const secrets: Section = {
  comment: ['Secrets: an image is passed on with all that is in it.'],
  patterns: [...[...secretFileNames].map((name) => `**/${name}`), '**/.Renviron', '**/*.pem'],
};
const environments: Section = {
  comment: ['Environments and caches of this machine: the image has its own.'],
  patterns: [
    // Of an environment that is called otherwise, such as `env`, what is in it: a folder of code may be called so, too.
    ...['**/.venv', '**/venv', '**/site-packages', '**/__pypackages__', '**/.direnv', '**/.pixi', '**/.tox', '**/.nox'],
    ...['**/node_modules', '**/__pycache__', '**/*.py[cod]', '**/.eggs', '**/.hypothesis'],
    ...['**/.ipynb_checkpoints', '**/.pytest_cache', '**/.mypy_cache', '**/.ruff_cache', '**/.cache', '**/.snakemake'],
    ...['**/.nextflow', '.dvc/cache', '.dvc/tmp'],
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
    { ...secrets, patterns: [...secrets.patterns, ...furtherSecrets(project)] },
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

/** Files of the project that hold secrets and are called otherwise than usual. */
function furtherSecrets({ listing }: Project): string[] {
  const isLeftOut = ignoredBy(secrets.patterns);
  return listing.files.filter((file) => secretFileName(file) !== undefined && !isLeftOut(file)).map(literalPattern);
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
