/**
 * The folders of a workspace, in the order of the listing.
 *
 * @param names all files of the project
 * @param members patterns of folders, as uv takes them (https://docs.astral.sh/uv/concepts/projects/workspaces/)
 */
export function workspaceMembers(
  names: readonly string[],
  members: readonly string[],
  exclude: readonly string[],
): string[] {
  if (members.length === 0) return [];
  const wanted = members.map(folderPattern);
  const unwanted = exclude.map(folderPattern);
  return names
    .filter((name) => name.endsWith('/pyproject.toml'))
    .map((name) => name.slice(0, -'/pyproject.toml'.length))
    .filter((folder) => wanted.some((each) => each.test(folder)) && !unwanted.some((each) => each.test(folder)));
}

function folderPattern(glob: string): RegExp {
  const source = glob
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replaceAll(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, (part) => {
      if (part.startsWith('**')) return '(?:[^/]+/)*[^/]*';
      if (part === '*') return '[^/]*';
      return part === '?' ? '[^/]' : `\\${part}`;
    });
  return new RegExp(`^${source}$`);
}
