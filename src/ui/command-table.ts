import { type CommandDeclaration } from './command-declaration.js';
import { composeCommands } from './command-tables/compose-commands.js';
import { containerCommands } from './command-tables/container-commands.js';
import { engineCommands } from './command-tables/engine-commands.js';
import { fileCommands } from './command-tables/file-commands.js';
import { imageCommands } from './command-tables/image-commands.js';
import { projectCommands } from './command-tables/project-commands.js';
import { runCommands } from './command-tables/run-commands.js';
import { volumeCommands } from './command-tables/volume-commands.js';

/** The one table of commands: registration, menus, types and the manifest follow from it. */
export const commandTable = {
  ...projectCommands,
  ...composeCommands,
  ...imageCommands,
  ...runCommands,
  ...containerCommands,
  ...volumeCommands,
  ...fileCommands,
  ...engineCommands,
} as const satisfies Record<string, CommandDeclaration>;

export type CommandName = keyof typeof commandTable;

/** The identifier that VS Code knows a command by. */
export function commandId(name: CommandName): string {
  return `researchContainers.${name}`;
}
