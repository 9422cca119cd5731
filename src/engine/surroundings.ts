/** All that discovery depends on; nothing else is looked at. */
export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** Of the person's account; undefined on Windows. */
  userId: number | undefined;
  /** The setting `researchContainers.engine.host`; empty for automatic discovery. */
  setting: string;
  /** The text of a file, or undefined when it cannot be read. */
  readFile: (path: string) => string | undefined;
  /** The names in a folder, none when it cannot be read. */
  listFolder: (path: string) => string[];
}
