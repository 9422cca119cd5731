import { isCondaName } from './conda-sources.js';
import { outermost } from './outermost-folders.js';

const manifests =
  /^(?:uv\.lock|poetry\.lock|pdm\.lock|Pipfile(?:\.lock)?|pixi\.(?:toml|lock)|pyproject\.toml|setup\.py|requirements[^/]*\.(?:txt|in)|renv\.lock|DESCRIPTION|install\.R|(?:Julia)?Project\.toml|CMakeLists\.txt|environment\.ya?ml)$/;
const foreign =
  /^(?:tests?|docs?|third[-_]?party|3rdparty|external|extern|vendor|deps|build|dist|binder|renv|requirements)$/i;
const deepest = 3;

/**
 * Folders below that say themselves what they depend on, of folders in each other the outermost.
 *
 * @param names all files of the project
 */
export function subprojectFolders(names: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const name of names) {
    const last = name.lastIndexOf('/');
    const file = name.slice(last + 1);
    if (last < 0 || !(manifests.test(file) || (isCondaName(file) && /\.ya?ml$/.test(file)))) continue;
    const parts = name.slice(0, last).split('/');
    if (parts.length > deepest || parts.some((part) => part.startsWith('.') || foreign.test(part))) continue;
    folders.add(parts.join('/'));
  }
  return outermost(folders);
}
