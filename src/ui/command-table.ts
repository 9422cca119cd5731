/** A place where VS Code offers a command, with the condition and the group as `package.json` spells them. */
interface MenuEntry {
  menu: 'explorer/context' | 'editor/title' | 'view/title' | 'view/item/context';
  when: string;
  group: string;
}

/** A command as VS Code shows it. */
export interface CommandDeclaration {
  title: string;
  icon?: string;
  /** Whether the command is offered in an untrusted workspace. */
  untrusted?: true;
  menus: readonly MenuEntry[];
}

export const viewIds = {
  images: 'researchContainers.images',
  containers: 'researchContainers.containers',
  volumes: 'researchContainers.volumes',
} as const;

/** Context value of an image in the tree, of one with a reference and of a dangling one. */
export const imageItem = { tagged: 'image', dangling: 'danglingImage' } as const;

const isDockerfile = 'resourceFilename =~ /^(Dockerfile(?!.*\\.dockerignore$).*|.+\\.[Dd]ockerfile)$/';
const onImage = `view == ${viewIds.images} && viewItem == ${imageItem.tagged}`;
const inOurViews = 'view =~ /^researchContainers\\.(images|containers|volumes)$/';

/** The one table of commands: registration, menus, types and the manifest follow from it. */
export const commandTable = {
  buildImage: {
    title: 'Build Research Image…',
    icon: '$(package)',
    menus: [
      { menu: 'explorer/context', when: isDockerfile, group: '3_researchContainers@1' },
      { menu: 'editor/title', when: isDockerfile, group: 'navigation@1' },
    ],
  },
  runImage: {
    title: 'Run with Output Binding…',
    icon: '$(play)',
    menus: [
      { menu: 'view/item/context', when: onImage, group: '1_run@1' },
      { menu: 'view/item/context', when: onImage, group: 'inline@1' },
    ],
  },
  exportBundle: {
    title: 'Export for Zenodo…',
    icon: '$(archive)',
    menus: [{ menu: 'view/item/context', when: onImage, group: '2_archive@1' }],
  },
  verifyBundle: {
    title: 'Verify Bundle…',
    icon: '$(verified)',
    menus: [{ menu: 'explorer/context', when: 'resourceFilename == bundle.json', group: '3_researchContainers@2' }],
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

export type CommandName = keyof typeof commandTable;

/** The identifier that VS Code knows a command by. */
export function commandId(name: CommandName): string {
  return `researchContainers.${name}`;
}
