import { type CommandDeclaration } from '../command-declaration.js';

const inOurViews = 'view =~ /^researchContainers\\.(images|containers|volumes)$/';

export const engineCommands = {
  selectEngine: {
    title: 'Select Engine…',
    icon: '$(plug)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inOurViews, group: '8_engine@1' }],
  },
  diagnoseEngine: {
    title: 'Diagnose Engine…',
    icon: '$(pulse)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inOurViews, group: '8_engine@2' }],
  },
  showGpu: {
    title: 'Show GPU…',
    icon: '$(circuit-board)',
    menus: [{ menu: 'view/title', when: inOurViews, group: '8_engine@3' }],
  },
  refresh: {
    title: 'Refresh',
    icon: '$(refresh)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inOurViews, group: 'navigation@9' }],
  },
  showLog: {
    title: 'Show Log',
    icon: '$(output)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inOurViews, group: '9_log@1' }],
  },
} as const satisfies Record<string, CommandDeclaration>;
