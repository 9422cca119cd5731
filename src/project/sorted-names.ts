/** Where a name is, or would be, among names that are sorted by their code units. */
function placeOf(names: readonly string[], wanted: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a file is listed. @param names sorted, with `/` */
export function hasName(names: readonly string[], name: string): boolean {
  return names[placeOf(names, name)] === name;
}

/** Whether a folder has files, itself or below. @param names sorted, with `/` */
export function hasFolder(names: readonly string[], folder: string): boolean {
  return names[placeOf(names, `${folder}/`)]?.startsWith(`${folder}/`) === true;
}

/**
 * The names of the files in a folder, without those below.
 *
 * @param names sorted, with `/`
 * @param folder empty, or with `/` at its end
 */
export function namesIn(names: readonly string[], folder: string): string[] {
  const found: string[] = [];
  let index = placeOf(names, folder);
  for (let name = names[index]; name?.startsWith(folder) === true; name = names[index]) {
    const slash = name.indexOf('/', folder.length);
    if (slash < 0) {
      found.push(name.slice(folder.length));
      index += 1;
    } else {
      // `0` is what comes behind `/`: a folder below is skipped as a whole.
      index = placeOf(names, `${name.slice(0, slash)}0`);
    }
  }
  return found;
}
