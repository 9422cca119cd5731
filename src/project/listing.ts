/** The files of a project's folder, as far as they were listed. */
export interface Listing {
  /** Absolute path of the folder. */
  folder: string;
  /** Relative to the folder, with `/`, sorted. Without git's own files, environments, caches and our records. */
  files: readonly string[];
  /** Whether files beyond the limit were left out. */
  isCut: boolean;
}
