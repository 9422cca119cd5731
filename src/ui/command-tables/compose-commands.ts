import { type CommandDeclaration } from '../command-declaration.js';

const isCompose = 'resourceScheme == file && resourceFilename =~ /^(docker-)?compose([.-].+)?\\.ya?ml$/';

export const composeCommands = {
  composeUp: {
    title: 'Compose Up',
    icon: '$(play)',
    menus: [
      { menu: 'explorer/context', when: isCompose, group: '3_researchContainers@1' },
      { menu: 'editor/title', when: isCompose, group: 'navigation@1' },
    ],
  },
  composePull: {
    title: 'Compose Pull',
    icon: '$(cloud-download)',
    menus: [
      { menu: 'explorer/context', when: isCompose, group: '3_researchContainers@2' },
      { menu: 'editor/title', when: isCompose, group: '1_run@1' },
    ],
  },
  composeRestart: {
    title: 'Compose Restart',
    icon: '$(debug-restart)',
    menus: [
      { menu: 'explorer/context', when: isCompose, group: '3_researchContainers@3' },
      { menu: 'editor/title', when: isCompose, group: '1_run@2' },
    ],
  },
  composeDown: {
    title: 'Compose Down…',
    icon: '$(debug-stop)',
    menus: [
      { menu: 'explorer/context', when: isCompose, group: '3_researchContainers@4' },
      { menu: 'editor/title', when: isCompose, group: '1_run@3' },
    ],
  },
  composeLogs: {
    title: 'Compose Logs',
    icon: '$(output)',
    untrusted: true,
    menus: [
      { menu: 'explorer/context', when: isCompose, group: '3_researchContainers@5' },
      { menu: 'editor/title', when: isCompose, group: '1_run@4' },
    ],
  },
  openApplication: {
    title: 'Open Application in Browser',
    icon: '$(globe)',
    menus: [
      { menu: 'explorer/context', when: isCompose, group: '3_researchContainers@6' },
      { menu: 'editor/title', when: isCompose, group: '1_run@5' },
    ],
  },
  copyComposeCommand: {
    title: 'Copy docker compose Command',
    untrusted: true,
    palette: { when: 'false' },
    menus: [],
  },
  typeComposeCommand: {
    title: 'Type docker compose Command into a Terminal',
    palette: { when: 'false' },
    menus: [],
  },
} as const satisfies Record<string, CommandDeclaration>;
