import { type CommandDeclaration, containerItem, filteredKey, viewIds } from '../command-declaration.js';

const inView = `view == ${viewIds.containers}`;
/** Containers are also shown below the volumes that they use. */
const inViews = `view =~ /^researchContainers\\.(containers|volumes)$/`;
const on = (states: string): string => `${inViews} && viewItem =~ /^${containerItem}\\.(${states})/`;
const onAny = on('');

export const containerCommands = {
  startContainer: {
    title: 'Start',
    icon: '$(play)',
    menus: [
      { menu: 'view/item/context', when: on('created|exited|dead'), group: '1_state@1' },
      { menu: 'view/item/context', when: on('created|exited|dead'), group: 'inline@1' },
    ],
  },
  stopContainer: {
    title: 'Stop',
    icon: '$(debug-stop)',
    menus: [
      { menu: 'view/item/context', when: on('running|paused|restarting'), group: '1_state@2' },
      { menu: 'view/item/context', when: on('running|paused|restarting'), group: 'inline@2' },
    ],
  },
  restartContainer: {
    title: 'Restart',
    icon: '$(debug-restart)',
    menus: [{ menu: 'view/item/context', when: on('running|exited'), group: '1_state@3' }],
  },
  pauseContainer: {
    title: 'Pause',
    icon: '$(debug-pause)',
    menus: [{ menu: 'view/item/context', when: on('running'), group: '1_state@4' }],
  },
  unpauseContainer: {
    title: 'Continue',
    icon: '$(debug-continue)',
    menus: [{ menu: 'view/item/context', when: on('paused'), group: '1_state@5' }],
  },
  killContainer: {
    title: 'Kill…',
    icon: '$(zap)',
    menus: [{ menu: 'view/item/context', when: on('running|paused|restarting'), group: '1_state@6' }],
  },
  openInBrowser: {
    title: 'Open in Browser',
    icon: '$(globe)',
    menus: [
      { menu: 'view/item/context', when: on('running\\.web'), group: '2_open@1' },
      { menu: 'view/item/context', when: on('running\\.web'), group: 'inline@1' },
    ],
  },
  showLogs: {
    title: 'Show Logs',
    icon: '$(output)',
    untrusted: true,
    menus: [
      { menu: 'view/item/context', when: onAny, group: '2_open@2' },
      { menu: 'view/item/context', when: onAny, group: 'inline@4' },
    ],
  },
  openShell: {
    title: 'Open Shell',
    icon: '$(terminal)',
    menus: [
      { menu: 'view/item/context', when: on('running'), group: '2_open@3' },
      { menu: 'view/item/context', when: on('running'), group: 'inline@3' },
    ],
  },
  attachContainer: {
    title: 'Attach Terminal',
    icon: '$(plug)',
    menus: [{ menu: 'view/item/context', when: on('running'), group: '2_open@4' }],
  },
  openMount: { title: 'Open Mount', untrusted: true, palette: { when: 'false' }, menus: [] },
  renameContainer: {
    title: 'Rename…',
    icon: '$(edit)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_container@1' }],
  },
  commitContainer: {
    title: 'Commit to Image…',
    icon: '$(package)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_container@2' }],
  },
  inspectContainer: {
    title: 'Inspect Container',
    icon: '$(json)',
    untrusted: true,
    menus: [{ menu: 'view/item/context', when: onAny, group: '4_look@1' }],
  },
  removeContainer: {
    title: 'Remove Container…',
    icon: '$(trash)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '9_remove@1' }],
  },
  pruneContainers: {
    title: 'Remove Stopped Containers…',
    menus: [{ menu: 'view/title', when: inView, group: '1_containers@1' }],
  },
  filterContainers: {
    title: 'Filter Containers…',
    icon: '$(filter)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: `${inView} && !${filteredKey('containers')}`, group: 'navigation@5' }],
  },
  clearContainerFilter: {
    title: 'Clear Filter of Containers',
    icon: '$(filter-filled)',
    untrusted: true,
    palette: { when: filteredKey('containers') },
    menus: [{ menu: 'view/title', when: `${inView} && ${filteredKey('containers')}`, group: 'navigation@5' }],
  },
  arrangeContainers: {
    title: 'Group and Sort Containers…',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inView, group: '2_arrange@1' }],
  },
} as const satisfies Record<string, CommandDeclaration>;
