import { projectFolder } from './parts.js';

/** Where the steps behind it are done, and the program runs. */
export const workFolderPart = [
  '# Where the project is in the image; relative names below begin there.',
  `WORKDIR ${projectFolder}`,
].join('\n');
