import { type CommandDeclaration, filteredKey, imageItem, viewIds } from '../command-declaration.js';

const inView = `view == ${viewIds.images}`;
const onTagged = `${inView} && viewItem == ${imageItem.tagged}`;
const onAny = `${inView} && viewItem =~ /^(${imageItem.tagged}|${imageItem.dangling})$/`;

export const imageCommands = {
  runImage: {
    title: 'Run with Output Binding…',
    icon: '$(play)',
    menus: [
      { menu: 'view/item/context', when: onTagged, group: '1_run@1' },
      { menu: 'view/item/context', when: onTagged, group: 'inline@1' },
    ],
  },
  checkGpu: {
    title: 'Check GPU for Image…',
    icon: '$(circuit-board)',
    menus: [{ menu: 'view/item/context', when: onTagged, group: '1_run@2' }],
  },
  exportBundle: {
    title: 'Export for Zenodo…',
    icon: '$(archive)',
    menus: [{ menu: 'view/item/context', when: onTagged, group: '2_archive@1' }],
  },
  saveImage: {
    title: 'Save to File…',
    icon: '$(save-as)',
    menus: [{ menu: 'view/item/context', when: onTagged, group: '2_archive@2' }],
  },
  pullImage: {
    title: 'Pull Image…',
    icon: '$(cloud-download)',
    menus: [
      { menu: 'view/title', when: inView, group: 'navigation@1' },
      { menu: 'view/item/context', when: onTagged, group: '3_image@1' },
    ],
  },
  pushImage: {
    title: 'Push Image…',
    icon: '$(cloud-upload)',
    menus: [{ menu: 'view/item/context', when: onTagged, group: '3_image@2' }],
  },
  tagImage: {
    title: 'Tag…',
    icon: '$(tag)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_image@3' }],
  },
  copyReference: {
    title: 'Copy Reference',
    icon: '$(copy)',
    untrusted: true,
    menus: [{ menu: 'view/item/context', when: onAny, group: '4_look@1' }],
  },
  inspectImage: {
    title: 'Inspect Image',
    icon: '$(json)',
    untrusted: true,
    menus: [{ menu: 'view/item/context', when: onAny, group: '4_look@2' }],
  },
  removeImage: {
    title: 'Remove Image…',
    icon: '$(trash)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '9_remove@1' }],
  },
  loadImage: {
    title: 'Load Image from File…',
    icon: '$(folder-opened)',
    menus: [{ menu: 'view/title', when: inView, group: '1_images@1' }],
  },
  pruneImages: {
    title: 'Remove Unused Images…',
    menus: [{ menu: 'view/title', when: inView, group: '1_images@2' }],
  },
  signIn: {
    title: 'Sign In to Registry…',
    icon: '$(key)',
    menus: [{ menu: 'view/title', when: inView, group: '1_images@3' }],
  },
  signOut: {
    title: 'Sign Out of Registry…',
    menus: [{ menu: 'view/title', when: inView, group: '1_images@4' }],
  },
  filterImages: {
    title: 'Filter Images…',
    icon: '$(filter)',
    untrusted: true,
    menus: [{ menu: 'view/title', when: `${inView} && !${filteredKey('images')}`, group: 'navigation@5' }],
  },
  clearImageFilter: {
    title: 'Clear Filter of Images',
    icon: '$(filter-filled)',
    untrusted: true,
    palette: { when: filteredKey('images') },
    menus: [{ menu: 'view/title', when: `${inView} && ${filteredKey('images')}`, group: 'navigation@5' }],
  },
  arrangeImages: {
    title: 'Group and Sort Images…',
    untrusted: true,
    menus: [{ menu: 'view/title', when: inView, group: '2_arrange@1' }],
  },
} as const satisfies Record<string, CommandDeclaration>;
