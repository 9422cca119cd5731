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
  /** Left out of the command palette: it means something only where it is clicked, or while the condition holds. */
  palette?: { when: string };
  /** Keys, as `package.json` spells them, and when they are ours. */
  keybinding?: { key: string; when: string };
  menus: readonly MenuEntry[];
}

export const viewIds = {
  images: 'researchContainers.images',
  containers: 'researchContainers.containers',
  volumes: 'researchContainers.volumes',
  runs: 'researchContainers.runs',
} as const;

/** Context value of an image in the tree, of one with a reference and of a dangling one. */
export const imageItem = { tagged: 'image', dangling: 'danglingImage' } as const;

/** How the context value of a container begins; its state follows, and `web` where a port is published. */
export const containerItem = 'container';

export const volumeItem = 'volume';

/** How the context value of a run begins; its state follows, then what it has: `results`, `incomplete`. */
export const runItem = 'run';

/** The context key that is set while a view is filtered. */
export function filteredKey(view: Exclude<keyof typeof viewIds, 'runs'>): string {
  return `researchContainers.filtered.${view}`;
}
