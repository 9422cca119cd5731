import { type CommandDeclaration, viewIds } from './command-declaration.js';
import { commandId, type CommandName, commandTable } from './command-table.js';
import { filesScheme } from './files/place-uri.js';

/** Context key that holds what is known of the engine: `connecting`, `connected`, or the reason of a failure. */
export const engineContextKey = 'researchContainers.engine';

/** Context key that is set while a Dockerfile is asked for step by step. */
export const wizardContextKey = 'researchContainers.wizard';

const container = 'researchContainers';
const link = (name: CommandName, label: string): string => `[${label}](command:${commandId(name)})`;

const isFailed = `${engineContextKey} =~ /^(engine-not-running|engine-permission|failed)$/`;

const welcomes: { view: string; when: string; contents: string }[] = [
  {
    view: viewIds.images,
    when: `!${engineContextKey} || ${engineContextKey} == connecting`,
    contents: 'Looking for Docker…',
  },
  {
    view: viewIds.images,
    when: `${engineContextKey} == engine-not-running`,
    contents: [
      'Docker is not running.',
      'Start Docker Desktop, or on Linux run “sudo systemctl start docker”.',
      link('refresh', 'Look Again'),
      link('diagnoseEngine', 'Diagnose…'),
      'Not installed yet? [Get Docker](https://docs.docker.com/get-started/get-docker/)',
    ].join('\n'),
  },
  {
    view: viewIds.images,
    when: `${engineContextKey} == engine-permission`,
    contents: [
      'Docker is running, but you may not use it.',
      'On Linux: “sudo usermod -aG docker $USER”, then log out and in again.',
      link('refresh', 'Look Again'),
      link('diagnoseEngine', 'Diagnose…'),
    ].join('\n'),
  },
  {
    view: viewIds.images,
    when: `${engineContextKey} == failed`,
    contents: [
      'Docker cannot be reached.',
      '“Diagnose” says what was tried and what helps.',
      link('diagnoseEngine', 'Diagnose…'),
      link('selectEngine', 'Select Another Engine…'),
      link('refresh', 'Look Again'),
    ].join('\n'),
  },
  ...[viewIds.containers, viewIds.volumes].map((view) => ({
    view,
    when: isFailed,
    contents: 'Not connected to Docker.',
  })),
  {
    view: viewIds.images,
    when: `${engineContextKey} == connected`,
    contents: [
      'There are no images yet.',
      'Have a Dockerfile written for your project:',
      link('createDockerfile', 'Create Dockerfile…'),
      'Build an image from it:',
      link('buildImage', 'Build Research Image…'),
      'Or fetch one to try, such as “hello-world” or “busybox”:',
      link('pullImage', 'Pull Image…'),
    ].join('\n'),
  },
  {
    view: viewIds.containers,
    when: `${engineContextKey} == connected`,
    contents: [
      'There are no containers yet. An image becomes one when it runs:',
      link('runImage', 'Run with Output Binding…'),
    ].join('\n'),
  },
  {
    view: viewIds.runs,
    when: 'workspaceFolderCount > 0',
    contents: [
      'There are no runs of this project yet. A run keeps what it was given, and what came out.',
      link('runImage', 'Run with Output Binding…'),
      `New to containers? ${link('firstStepHello', 'Run hello-world')}`,
    ].join('\n'),
  },
  {
    view: viewIds.runs,
    when: 'workspaceFolderCount == 0',
    contents: 'Open the folder of a research project to see its runs.',
  },
  {
    view: viewIds.volumes,
    when: `${engineContextKey} == connected`,
    contents: [
      'There are no volumes yet. A volume keeps data that outlives its containers.',
      link('createVolume', 'Create Volume…'),
    ].join('\n'),
  },
];

/** What `package.json` must say for the commands, views and settings to be what the code makes of them. */
export function contributes(): object {
  const names = commandNames();
  const menus: Record<string, object[]> = {};
  for (const name of names) {
    for (const { menu, when, group } of declaration(name).menus) {
      const trusted = declaration(name).untrusted === true ? when : `isWorkspaceTrusted && ${when}`;
      (menus[menu] ??= []).push({ command: commandId(name), when: trusted, group });
    }
  }
  menus['commandPalette'] = names.flatMap((name) => {
    const { untrusted, palette } = declaration(name);
    const conditions = [...(untrusted === true ? [] : ['isWorkspaceTrusted']), ...(palette ? [palette.when] : [])];
    return conditions.length === 0 ? [] : [{ command: commandId(name), when: conditions.join(' && ') }];
  });
  const ownKeys = names.flatMap((name) => {
    const { keybinding } = declaration(name);
    return keybinding === undefined ? [] : [{ command: commandId(name), ...keybinding }];
  });
  const keybindings = [...ownKeys, backKey];
  return {
    commands: names.map((name) => {
      const { title, icon } = declaration(name);
      return {
        command: commandId(name),
        title,
        category: 'Research Containers',
        ...(icon === undefined ? {} : { icon }),
      };
    }),
    menus,
    keybindings,
    viewsContainers: {
      activitybar: [{ id: container, title: 'Research Containers', icon: 'media/activity-bar.svg' }],
    },
    views: {
      [container]: [
        { id: viewIds.images, name: 'Images', icon: 'media/activity-bar.svg' },
        { id: viewIds.runs, name: 'Runs', icon: 'media/activity-bar.svg' },
        { id: viewIds.containers, name: 'Containers', icon: 'media/activity-bar.svg' },
        { id: viewIds.volumes, name: 'Volumes', icon: 'media/activity-bar.svg' },
      ],
    },
    viewsWelcome: welcomes,
    snippets,
    languages,
    grammars,
    configuration: { title: 'Research Containers', properties: settings },
  };
}

/** VS Code has this key for going back in steps on Windows only; on a Mac it moves between words of what is typed. */
const backKey = {
  command: 'workbench.action.quickInputBack',
  key: 'alt+left',
  when: `inQuickInput && !isMac && ${wizardContextKey}`,
};

const snippets = [
  { language: 'dockerfile', path: './snippets/dockerfile.json' },
  { language: 'yaml', path: './snippets/compose.json' },
  { language: 'dockercompose', path: './snippets/compose.json' },
];

const languages = [{ id: 'research-containers-build-log', aliases: ['Build Log'] }];

/** Languages of heredocs, by what their scope ends in. */
const embedded = {
  shell: 'shellscript',
  python: 'python',
  r: 'r',
  julia: 'julia',
  perl: 'perl',
  javascript: 'javascript',
  json: 'json',
  yaml: 'yaml',
  ini: 'ini',
  c: 'c',
  cpp: 'cpp',
};

const grammars = [
  {
    scopeName: 'research-containers.dockerfile.injection',
    path: './syntaxes/dockerfile-injection.tmLanguage.json',
    injectTo: ['source.dockerfile'],
    embeddedLanguages: Object.fromEntries(
      Object.entries(embedded).map(([scope, language]) => [`meta.embedded.block.${scope}`, language]),
    ),
  },
  {
    language: 'research-containers-build-log',
    scopeName: 'text.research-containers.build-log',
    path: './syntaxes/build-log.tmLanguage.json',
  },
];

/** Files that tell a research project which may need a GPU; each is looked for in the folder itself, without a search. */
const projectFiles = [
  'Dockerfile',
  'requirements.txt',
  'pyproject.toml',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'Pipfile.lock',
  'pixi.lock',
  'conda-lock.yml',
  'environment.yml',
];

/** The events that wake the extension besides its views and commands, which VS Code derives itself. */
export const activationEvents: readonly string[] = [
  ...projectFiles.map((file) => `workspaceContains:${file}`),
  // Help with labels and flags.
  'onLanguage:dockerfile',
  // VS Code knows these files by their names; what the services do stands over them.
  'onLanguage:dockercompose',
  // A run that an earlier window left may go on, and is picked up.
  'workspaceContains:.research-containers/runs',
  // Editors of files in containers that an earlier window left open.
  `onFileSystem:${filesScheme}`,
];

/** How the extension behaves in remote, virtual and untrusted workspaces. */
export const capabilities = {
  virtualWorkspaces: false,
  untrustedWorkspaces: {
    supported: 'limited',
    description: 'Images, containers and volumes can be looked at; nothing is built, run or exported.',
    restrictedConfigurations: ['researchContainers.run.keepContainers'],
  },
};

const settings = {
  'researchContainers.engine.host': {
    type: 'string',
    default: '',
    scope: 'machine',
    markdownDescription:
      'Where the Docker Engine is, as in `DOCKER_HOST`: `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `ssh://user@host` or `tcp://host:port`. Empty: found automatically.',
  },
  'researchContainers.zenodo.url': {
    type: 'string',
    default: 'https://zenodo.org',
    scope: 'machine',
    markdownDescription: 'The Zenodo that bundles are uploaded to.',
  },
  'researchContainers.reproducibility.enabled': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    markdownDescription:
      'Say in Dockerfiles what keeps a build next year from making the same image, and how to mend it.',
  },
  'researchContainers.build.platforms': {
    type: 'array',
    items: { type: 'string', pattern: '^linux/[a-z0-9_]+(/v[0-9]+)?$' },
    uniqueItems: true,
    default: [],
    scope: 'resource',
    markdownDescription:
      'Platforms that are proposed for a Dockerfile that was not built yet, such as `linux/amd64` and `linux/arm64`. Empty: the platform of the engine.',
  },
  'researchContainers.compose.path': {
    type: 'string',
    default: '',
    scope: 'resource',
    markdownDescription:
      'The path of the pages that a web application of a compose file is opened at, such as `/al-folio/`. A service’s label `org.research-containers.path` wins. Empty: the `baseurl` of a Jekyll site, or `/`.',
  },
  'researchContainers.run.keepContainers': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    markdownDescription: 'Keep a container after its run, so that everything in it can be looked at later.',
  },
  'researchContainers.export.keptLayers': {
    type: 'number',
    minimum: 0,
    default: 5,
    scope: 'machine',
    markdownDescription:
      'Gigabytes of compressed layers that are kept, so that an image of which little changed is exported and saved quickly. 0: none.',
  },
};

function commandNames(): CommandName[] {
  const isName = (name: string): name is CommandName => name in commandTable;
  return Object.keys(commandTable).filter(isName);
}

function declaration(name: CommandName): CommandDeclaration {
  return commandTable[name];
}
