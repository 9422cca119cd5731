/** Those of some folders that are in none of the others, sorted. */
export function outermost(folders: Iterable<string>): string[] {
  const all = new Set(folders);
  const isWithin = (folder: string): boolean => {
    for (let end = folder.lastIndexOf('/'); end > 0; end = folder.lastIndexOf('/', end - 1)) {
      if (all.has(folder.slice(0, end))) return true;
    }
    return false;
  };
  return [...all].filter((folder) => !isWithin(folder)).sort();
}
