import { type CommandDeclaration, containerItem, imageItem, volumeItem } from '../command-declaration.js';
import { fileItems } from '../files/file-items.js';

const inViews = 'view =~ /^researchContainers\\.(images|containers|volumes)$/';
const { root, folder, file } = fileItems;
const on = (items: readonly string[], rest = ''): string => `${inViews} && viewItem =~ /^(${items.join('|')})${rest}/`;
const onAny = on([root, folder, file], '(\\.|$)');
const onWritableFolder = on([root, folder], '\\.writable$');
const onWritableEntry = on([folder, file], '\\.writable$');

export const fileCommands = {
  browseFiles: {
    title: 'Browse Files…',
    icon: '$(list-tree)',
    menus: [
      {
        menu: 'view/item/context',
        when: on([containerItem, volumeItem, imageItem.tagged, imageItem.dangling], '(\\.|$)'),
        group: '4_look@0',
      },
    ],
  },
  downloadFiles: {
    title: 'Download…',
    icon: '$(cloud-download)',
    menus: [
      { menu: 'view/item/context', when: onAny, group: '1_copy@1' },
      { menu: 'view/item/context', when: onAny, group: 'inline@1' },
    ],
  },
  uploadFiles: {
    title: 'Upload Files…',
    icon: '$(cloud-upload)',
    menus: [{ menu: 'view/item/context', when: onWritableFolder, group: '1_copy@2' }],
  },
  uploadFolder: {
    title: 'Upload Folder…',
    icon: '$(cloud-upload)',
    menus: [{ menu: 'view/item/context', when: onWritableFolder, group: '1_copy@3' }],
  },
  newFolder: {
    title: 'New Folder…',
    icon: '$(new-folder)',
    palette: { when: 'false' },
    menus: [{ menu: 'view/item/context', when: onWritableFolder, group: '2_new@1' }],
  },
  copyFilePath: {
    title: 'Copy Path',
    icon: '$(copy)',
    untrusted: true,
    palette: { when: 'false' },
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_path@1' }],
  },
  refreshFiles: {
    title: 'Refresh Files',
    icon: '$(refresh)',
    palette: { when: 'false' },
    menus: [
      { menu: 'view/item/context', when: onAny, group: '3_path@2' },
      { menu: 'view/item/context', when: on([root, folder], '(\\.|$)'), group: 'inline@2' },
    ],
  },
  renameFile: {
    title: 'Rename…',
    icon: '$(edit)',
    palette: { when: 'false' },
    menus: [{ menu: 'view/item/context', when: onWritableEntry, group: '7_change@1' }],
  },
  deleteFile: {
    title: 'Delete…',
    icon: '$(trash)',
    palette: { when: 'false' },
    menus: [{ menu: 'view/item/context', when: onWritableEntry, group: '7_change@2' }],
  },
} as const satisfies Record<string, CommandDeclaration>;
