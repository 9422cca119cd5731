import { type DependencySource, type Project } from '../../project/project.js';
import { shellLine } from '../../host/shell-line.js';
import { copyInPlace } from './copy-line.js';
import { cudaOf, gpuVariables, lockedAccelerators } from './gpu-wheels.js';
import { aptPart, projectFolder, user } from './parts.js';
import { timeless } from './python-base.js';
import { pinsCount, type PythonEnvironment, writePython } from './python-environment.js';
import { type Recipe, type RecipeAnswers } from './recipe.js';
import { withVersion } from './version-part.js';

type PixiSource = Extract<DependencySource, { kind: 'pixi' }>;

/** pixi with its lock file (https://pixi.sh/latest/deployment/container/). */
export const pixiRecipe: Recipe = {
  id: 'pixi',
  title: 'pixi',
  summary: 'Exactly the packages that pixi.lock names.',
  versionOf: 'pixi',
  fit: (project) => {
    const source = sourceOf(project);
    if (source === undefined) return undefined;
    const { lock, manifest, dependencies } = source;
    return {
      degree: 'made',
      because: lock === undefined ? `${manifest} is one of pixi` : pinsCount(lock, dependencies.length),
    };
  },
  versions: () => [{ value: '0.73.0', label: 'pixi 0.73.0', because: undefined }],
  accelerators: (project) => {
    const source = sourceOf(project);
    return lockedAccelerators(source?.dependencies ?? [], source?.lock ?? source?.manifest ?? '');
  },
  write: (project, answers) => {
    const source = sourceOf(project);
    if (source === undefined) throw new Error('the project is not one of pixi');
    return writePython(project, answers, pixiEnvironment(project, answers, source));
  },
};

/** The environment that pixi makes, copied to where it was made: its programs know that place. */
export function pixiEnvironment(project: Project, answers: RecipeAnswers, source: PixiSource): PythonEnvironment {
  const { manifest, lock, dependencies } = source;
  const environment = environmentName(source);
  const folder = `${projectFolder}/.pixi/envs/${environment}`;
  const cuda = cudaVariable(answers, dependencies);
  const name = shellLine([environment]);
  // Tasks of pixi are run by pixi itself.
  const runsTask = answers.command[0] === 'pixi';
  const image = `ghcr.io/prefix-dev/pixi:${answers.version}-bookworm-slim`;
  return {
    kind: `the packages of ${lock ?? manifest}`,
    begin: [
      '# The first stage has pixi, and installs the packages.',
      `FROM ${image} AS build`,
      `WORKDIR ${projectFolder}`,
      '',
      ...gitPart(source, answers),
      ...packagesPart(project, answers, source),
      '',
      '# A script that activates the environment, and then runs the program.',
      String.raw`RUN printf '#!/bin/bash\n%s\nexec "$@"\n' \
      "$(${cuda}pixi shell-hook --environment ${name} --shell bash)" > /entrypoint.sh \
 && chmod 755 /entrypoint.sh`,
      '',
      '# The second stage becomes the image; it gets only what it needs from the first one.',
      `FROM ${runsTask ? image : 'debian:bookworm-slim'}`,
    ].join('\n'),
    variables: [
      ...(runsTask ? ['PIXI_FROZEN=true'] : []),
      `PATH="${folder}/bin:$PATH"`,
      ...gpuVariables(answers.accelerator, dependencies),
    ],
    parts: [
      [
        '# The environment, in the folder that it was made for, and the script that activates it.',
        `COPY --from=build ${folder} ${folder}`,
        'COPY --from=build /entrypoint.sh /entrypoint.sh',
        'ENTRYPOINT ["/entrypoint.sh"]',
      ].join('\n'),
    ],
    has: new Set(dependencies.map(({ name: each }) => each)),
    further: undefined,
    install: runsTask
      ? ['# pixi notes in this folder what it does.', `RUN chown ${user}:${user} .pixi .pixi/envs`].join('\n')
      : '',
    owner: undefined,
    hints:
      lock === undefined
        ? [
            {
              message: `There is no pixi.lock: each build may get other versions. A lock file pins them.`,
              command: 'pixi lock',
            },
          ]
        : [],
    ignored: [],
  };
}

/** A repository is cloned by git, which needs the certificates of servers. */
function gitPart({ dependencies }: PixiSource, { snapshot }: RecipeAnswers): string[] {
  const cloned = dependencies.filter(({ from }) => from === 'git').map((dependency) => dependency.name);
  if (cloned.length === 0) return [];
  const packages = ['ca-certificates', 'git'];
  return [
    `# To get ${cloned.join(', ')} from a repository it takes ${packages.join(', ')}.`,
    aptPart(packages, 'debian', snapshot),
    '',
  ];
}

function packagesPart(project: Project, answers: RecipeAnswers, source: PixiSource): string[] {
  const { lock, manifest, dependencies } = source;
  const name = shellLine([environmentName(source)]);
  const install = (...words: readonly string[]): string =>
    [
      'RUN --mount=type=cache,target=/root/.cache/rattler \\',
      `    ${timeless} ${cudaVariable(answers, dependencies)}${['pixi install', ...words, '--environment', name].join(' ')}`,
    ].join('\n');
  const folders = dependencies.filter(({ from }) => from === 'folder').map((dependency) => dependency.name);
  const isRead = lock !== undefined && dependencies.length > 0;
  if (isRead && folders.length > 0) {
    return [
      `# The packages of ${lock} that are not the project’s own. They are installed again only when these files change.`,
      copyInPlace([manifest, lock]),
      install('--frozen', shellLine(folders.flatMap((folder) => ['--skip', folder]))),
      '',
      withVersion(
        project,
        ['# The project itself, which its own code imports as a package.', 'COPY . .', install('--locked')].join('\n'),
      ),
    ];
  }
  // What a package of Python asks for is worked out from all its files.
  const needsAll = !isRead && (manifest === 'pyproject.toml' || folders.length > 0);
  const step = [
    `# The packages of ${lock ?? manifest}. They are installed again only when these files change.`,
    ...(needsAll
      ? ['# The project is one of them, so that all its files are needed.', 'COPY . .']
      : [copyInPlace(lock === undefined ? [manifest] : [manifest, lock])]),
    install(...(lock === undefined ? [] : ['--locked'])),
  ].join('\n');
  return [needsAll ? withVersion(project, step) : step];
}

/** A builder has no GPU that packages could be chosen by. */
function cudaVariable({ accelerator }: RecipeAnswers, dependencies: PixiSource['dependencies']): string {
  return accelerator === 'cuda' ? `CONDA_OVERRIDE_CUDA=${cudaOf(dependencies) ?? '12.6'} ` : '';
}

/** That which is made for running, where there are several. */
function environmentName({ environments }: PixiSource): string {
  return ['prod', 'production', 'default'].find((name) => environments.includes(name)) ?? environments[0] ?? 'default';
}

function sourceOf({ dependencies }: Project): PixiSource | undefined {
  return dependencies.find((source) => source.kind === 'pixi');
}
