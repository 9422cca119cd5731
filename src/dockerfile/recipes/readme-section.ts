import { shellLine } from '../../host/shell-line.js';
import { type Project } from '../../project/project.js';
import { mountedData } from './mounted-data.js';
import { outputFolder, projectFolder } from './parts.js';
import { type RecipeAnswers } from './recipe.js';

const start = '<!-- research-containers:start -->';
const end = '<!-- research-containers:end -->';

/** “How to run” for a README, in Markdown: with this extension, and with Docker alone. @param image its name in the commands */
export function readmeSection(project: Project, answers: RecipeAnswers, image: string): string {
  const { platforms, output, port } = answers;
  const [platform] = platforms;
  const platformFlag = platforms.length === 1 && platform !== undefined ? [`--platform ${shellLine([platform])}`] : [];
  const data = mountedData(project, answers);
  const flags = [
    '--rm',
    ...(answers.command.length === 0 ? ['--interactive --tty'] : []),
    ...platformFlag,
    ...gpuFlags[answers.accelerator],
    ...(port === undefined ? [] : [`--publish 127.0.0.1:${port}:${port}`]),
    ...data.map((folder) => mountFlag(folder, `${projectFolder}/${folder}`, 'read-only')),
    mountFlag(output, outputFolder(answers), 'writable'),
  ];
  return [
    '## How to run',
    '',
    'The `Dockerfile` describes all that the code needs. With [Docker](https://docs.docker.com/get-started/get-docker/) alone:',
    '',
    '```sh',
    ['docker build', ...platformFlag, '--tag', shellLine([image]), '.'].join(' '),
    `mkdir -p ${shellLine([output.startsWith('-') ? `./${output}` : output])}`,
    ['docker run', ...flags, shellLine([image])].join(' \\\n  '),
    '```',
    '',
    `The results are in ${inlineCode(output)} then.${port === undefined ? '' : ` It is served at <http://localhost:${port}>.`}`,
    'Where the program may not write into that folder (on Linux), add `--user "$(id -u):$(id -g)" --env HOME=/tmp`.',
    ...(answers.accelerator === 'cuda'
      ? ['`--gpus all` needs an NVIDIA GPU with its driver, and the NVIDIA Container Toolkit.']
      : []),
    'In PowerShell, write each command on one line.',
    '',
    'In VS Code, with the extension Research Containers: right-click the Dockerfile and choose “Build Research Image…”, then',
    'right-click the image and choose “Run with Output Binding…”.',
    '',
  ].join('\n');
}

const gpuFlags: Readonly<Record<RecipeAnswers['accelerator'], readonly string[]>> = {
  cpu: [],
  cuda: ['--gpus all'],
  rocm: ['--device /dev/kfd', '--device /dev/dri', '--group-add video'],
};

/**
 * A README with a section: in the place of the one that was inserted before, else at its end.
 *
 * @param readme undefined where there is none yet
 */
export function insertReadmeSection(readme: string | undefined, section: string): string {
  const block = `${start}\n\n${section.trim()}\n\n${end}\n`;
  if (readme === undefined || readme.trim() === '') return block;
  const last = readme.lastIndexOf(end);
  const first = last < 0 ? -1 : readme.lastIndexOf(start, last);
  if (first >= 0) {
    const after = readme.slice(last + end.length).replace(/^\n/, '');
    return `${readme.slice(0, first)}${block}${after}`;
  }
  return `${readme.replace(/\n*$/, '\n\n')}${block}`;
}

/** A folder below the one that the command is typed in. `--mount` takes its fields for a line of CSV, `--volume` does not. */
function mountFlag(folder: string, target: string, access: 'read-only' | 'writable'): string {
  const source = /^[\w./-]+$/.test(folder) ? `"$(pwd)/${folder}"` : `"$(pwd)"/${shellLine([folder])}`;
  if (/[",]/.test(folder)) {
    return `--volume ${source}:${shellLine([target])}${access === 'read-only' ? ':ro' : ''}`;
  }
  return `--mount type=bind,source=${source},target=${shellLine([target])}${access === 'read-only' ? ',readonly' : ''}`;
}

/** A span of code in Markdown, whatever is in it. */
function inlineCode(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${line}${padding}${fence}`;
}
