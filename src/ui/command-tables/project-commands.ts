import { type CommandDeclaration } from '../command-declaration.js';

const isDockerfile = 'resourceFilename =~ /^(Dockerfile(?!.*\\.dockerignore$).*|.+\\.[Dd]ockerfile)$/';

export const projectCommands = {
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
