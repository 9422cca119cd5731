import { type CommandDeclaration, filteredKey, viewIds, volumeItem } from '../command-declaration.js';

const inView = `view == ${viewIds.volumes}`;
const onVolume = `${inView} && viewItem == ${volumeItem}`;

export const volumeCommands = {
  createVolume: {
    title: 'Create Volume…',
    icon: '$(add)',
    menus: [{ menu: 'view/title', when: inView, group: 'navigation@1' }],
  },
  runWithVolume: {
    title: 'Run with This Volume…',
    icon: '$(play)',
    palette: { when: 'false' },
    menus: [{ menu: 'view/item/context', when: onVolume, group: '1_run@1' }],
  },
  exportVolume: {
    title: 'Export Volume to File…',
    icon: '$(save)',
    menus: [{ menu: 'view/item/context', when: onVolume, group: '3_volume@1' }],
  },
  importVolume: {
    title: 'Import Volume from File…',
    icon: '$(folder-opened)',
    menus: [{ menu: 'view/title', when: inView, group: '1_volumes@3' }],
  },
  copyVolume: {
    title: 'Copy Volume…',
    icon: '$(copy)',
    menus: [{ menu: 'view/item/context', when: onVolume, group: '3_volume@2' }],
  },
  showVolumeSizes: {
    title: 'Show Sizes of Volumes',
    icon: '$(dashboard)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inView, group: '1_volumes@1' }],
  },
  inspectVolume: {
    title: 'Inspect Volume',
    icon: '$(json)',
    untrusted: true,
    menus: [{ menu: 'view/item/context', when: onVolume, group: '4_look@1' }],
  },
  removeVolume: {
    title: 'Remove Volume…',
    icon: '$(trash)',
    menus: [{ menu: 'view/item/context', when: onVolume, group: '9_remove@1' }],
  },
  pruneVolumes: {
    title: 'Remove Unused Volumes…',
    menus: [{ menu: 'view/title', when: inView, group: '1_volumes@2' }],
  },
  filterVolumes: {
    title: 'Filter Volumes…',
    icon: '$(filter)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: `${inView} && !${filteredKey('volumes')}`, group: 'navigation@5' }],
  },
  clearVolumeFilter: {
    title: 'Clear Filter of Volumes',
    icon: '$(filter-filled)',
    untrusted: true,
    palette: { when: filteredKey('volumes') },
    menus: [{ menu: 'view/title', when: `${inView} && ${filteredKey('volumes')}`, group: 'navigation@5' }],
  },
  arrangeVolumes: {
    title: 'Sort Volumes…',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inView, group: '2_arrange@1' }],
  },
} as const satisfies Record<string, CommandDeclaration>;
