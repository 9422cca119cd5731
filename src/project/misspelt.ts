/** Names that tools look for; those in one line are as good as each other. */
const known: readonly (readonly string[])[] = [
  ['requirements.txt'],
  ['environment.yml', 'environment.yaml'],
  ['pyproject.toml'],
  ['poetry.lock'],
  ['pixi.toml'],
  ['Pipfile'],
  ['Pipfile.lock'],
  ['setup.py'],
  ['setup.cfg'],
  ['conda-lock.yml', 'conda-lock.yaml'],
  ['renv.lock'],
  ['install.R'],
  ['Manifest.toml'],
  ['CMakeLists.txt'],
  ['runtime.txt'],
  ['postBuild'],
  ['CITATION.cff'],
  ['.dockerignore'],
  ['Dockerfile'],
];
/** Names of their own: the docker command takes `dockerfile`, Julia and buildpacks have a `project.toml`. */
const namesOfTheirOwn = new Set(['dockerfile', 'Project.toml', 'project.toml', 'JuliaProject.toml', 'manifest.toml']);
/** From this length on two letters may be wrong: shorter names lie too near to others that are meant. */
const longName = 10;

/**
 * Files of the project's own folder that nearly have the name of one that a tool reads, where that one is not there. Names
 * that others use on purpose (`requirements-dev.txt`, `environment2.yml`, copies of editors) are none of them.
 *
 * @param names all files of the project
 */
export function misspeltNames(names: readonly string[]): { file: string; meant: string }[] {
  const own = names.filter((name) => !name.includes('/'));
  const there = new Set(own);
  const missing = known.filter((each) => !each.some((name) => there.has(name)));
  const right = new Set([...known.flat(), ...namesOfTheirOwn]);
  return own.flatMap((file) => {
    if (right.has(file) || /^[._#~]|~$/.test(file.replace(/^\.docker/i, 'docker'))) return [];
    const meant = missing.flatMap((each) => meantName(file, each) ?? []);
    const [nearest] = meant.sort((left, right) => left.distance - right.distance);
    return nearest === undefined ? [] : [{ file, meant: nearest.name }];
  });
}

function meantName(file: string, names: readonly string[]): { name: string; distance: number } | undefined {
  const trimmed = file.trim();
  const found = names.flatMap((name) => {
    // Windows hides the ending that its editor adds.
    if (trimmed === name || trimmed === `${name}.txt`) return [{ name, distance: 0 }];
    const [left, right] = [trimmed.toLowerCase(), name.toLowerCase()];
    if (left === right) return [{ name, distance: 0 }];
    if (/\d/.test(left) || Math.abs(left.length - right.length) > 2) return [];
    const isLong = name.length >= longName;
    if (extension(left).slice(0, 2) !== extension(right).slice(0, 2)) return [];
    if (!isLong && extension(left) !== extension(right)) return [];
    const distance = editDistance(left, right);
    return distance <= (isLong ? 2 : 1) ? [{ name, distance }] : [];
  });
  return found.sort((one, other) => one.distance - other.distance)[0];
}

function extension(name: string): string {
  return /(?<=.)\.[^.]*$/.exec(name)?.[0] ?? '';
}

/** How many letters are to be added, removed, replaced or swapped with their neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = at(row - 1, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swapped = isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1));
    }
  }
  return at(left.length, right.length);
}
