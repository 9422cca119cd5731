/** Where this extension keeps its records in a project: never a part of what it records. */
export const recordsFolder = '.research-containers';
