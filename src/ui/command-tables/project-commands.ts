import { type CommandDeclaration } from '../command-declaration.js';

const isDockerfile = 'resourceFilename =~ /^(Dockerfile(?!.*\\.dockerignore$).*|.+\\.[Dd]ockerfile)$/';

/** Files by which a project says what it depends on; those of `src/project` that a person would right-click. */
const isDependencyFile = `resourceFilename =~ /^(${[
  'requirements.*\\.(txt|in)',
  'pyproject\\.toml',
  'setup\\.(py|cfg)',
  '(uv|poetry|pdm|pixi|renv)\\.lock',
  'pylock(\\..+)?\\.toml',
  'Pipfile(\\.lock)?',
  'pixi\\.toml',
  '(environment|conda-lock)\\.ya?ml',
  'DESCRIPTION',
  'install\\.R',
  '(Julia)?(Project|Manifest)\\.toml',
  'CMakeLists\\.txt',
  '(apt|runtime)\\.txt',
].join('|')})$/`;

export const projectCommands = {
  createDockerfile: {
    title: 'Create Dockerfile…',
    icon: '$(new-file)',
    menus: [
      {
        menu: 'explorer/context',
        when: 'explorerResourceIsFolder && resourceScheme == file',
        group: '3_researchContainers@0',
      },
      {
        menu: 'explorer/context',
        when: `resourceScheme == file && ${isDependencyFile}`,
        group: '3_researchContainers@0',
      },
    ],
  },
  buildImage: {
    title: 'Build Research Image…',
    icon: '$(package)',
    menus: [
      { menu: 'explorer/context', when: isDockerfile, group: '3_researchContainers@1' },
      { menu: 'editor/title', when: isDockerfile, group: 'navigation@1' },
    ],
  },
  rebuildImage: {
    title: 'Rebuild Research Image',
    icon: '$(refresh)',
    menus: [
      { menu: 'explorer/context', when: isDockerfile, group: '3_researchContainers@2' },
      { menu: 'editor/title', when: isDockerfile, group: '1_run@1' },
    ],
  },
  checkReproducibility: {
    title: 'Check Reproducibility',
    icon: '$(checklist)',
    untrusted: true,
    menus: [
      { menu: 'explorer/context', when: isDockerfile, group: '3_researchContainers@3' },
      { menu: 'editor/title', when: isDockerfile, group: '1_run@2' },
    ],
  },
  pinBaseImages: {
    title: 'Pin Base Images',
    icon: '$(pin)',
    menus: [
      { menu: 'explorer/context', when: isDockerfile, group: '3_researchContainers@4' },
      { menu: 'editor/title', when: isDockerfile, group: '1_run@3' },
    ],
  },
  pinBaseImage: { title: 'Pin Base Image', palette: { when: 'false' }, menus: [] },
  explainRule: { title: 'Explain Rule', untrusted: true, palette: { when: 'false' }, menus: [] },
  showBuildLog: { title: 'Show Build Log…', icon: '$(output)', menus: [] },
  checkRebuild: {
    title: 'Check Rebuild…',
    icon: '$(diff)',
    menus: [
      {
        menu: 'explorer/context',
        when: 'resourceDirname =~ /[\\\\/]\\.research-containers[\\\\/]builds$/ && resourceExtname == .json',
        group: '3_researchContainers@1',
      },
    ],
  },
  verifyBundle: {
    title: 'Verify Bundle…',
    icon: '$(verified)',
    menus: [{ menu: 'explorer/context', when: 'resourceFilename == bundle.json', group: '3_researchContainers@2' }],
  },
} as const satisfies Record<string, CommandDeclaration>;
