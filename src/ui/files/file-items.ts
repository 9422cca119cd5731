import { type FolderContent } from './place-files.js';

/** How the context values of files and folders in the trees begin; `writable` follows where they can be changed. */
export const fileItems = { root: 'files', folder: 'folder', file: 'file' } as const;

/** The context value of something in a folder with this content. */
export function fileContext(
  item: (typeof fileItems)[keyof typeof fileItems],
  { isReadOnly }: Pick<FolderContent, 'isReadOnly'>,
): string {
  return isReadOnly ? item : `${item}.writable`;
}

/** Lines of a folder that are shown at once. */
export const pageSize = 1000;

/** The entries from one on that are shown at once, and how many are left behind them. */
export function pageOf<T>(entries: readonly T[], from: number, size = pageSize): { shown: readonly T[]; left: number } {
  const shown = entries.slice(from, from + size);
  return { shown, left: entries.length - from - shown.length };
}
