import { posix } from 'node:path';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { hasName } from './sorted-names.js';

/** Folders whose programs are not the project's own, or not what is run. */
const foreign =
  /(?:^|\/)(?:tests?|testing|bench(?:marks?)?|docs?|third[-_]?party|3rdparty|external|extern|vendor|deps)(?:\/|$)/i;
/** What CMake has built. */
const built = /(?:^|\/)(?:build[^/]*|cmake-build-[^/]*|_deps)\//i;
const deepest = 4;
const mostLists = 40;

/** The CMake lists of a project that are read, its own first. */
export function cmakeLists(names: readonly string[]): string[] {
  if (!hasName(names, 'CMakeLists.txt')) return [];
  const below = names.filter(
    (name) => name.endsWith('/CMakeLists.txt') && name.split('/').length <= deepest && !built.test(name),
  );
  return ['CMakeLists.txt', ...below].slice(0, mostLists);
}

/** The way in which a project of C, C++, Fortran or CUDA says what it depends on. */
export function cmakeSources(files: ProjectFiles): DependencySource[] {
  const [manifest, ...below] = cmakeLists(files.names);
  if (manifest === undefined || isPartOfPython(files)) return [];
  const read = [manifest, ...below].map((name) => ({ name, commands: cmakeCommands(files.text(name) ?? '') }));
  const reached = reachedFrom(read);
  const commands = reached.flatMap((list) => list.commands);
  const own = reached.filter(({ name }) => !foreign.test(posix.dirname(name)));
  const programs = own.flatMap((list) => list.commands).flatMap(programOf(variablesOf(commands)));
  return [
    {
      kind: 'cmake',
      files: reached.map(({ name }) => name),
      dependencies: [],
      manifest,
      usesCuda: commands.some(isCuda) || files.names.some((name) => name.endsWith('.cu') && !foreign.test(name)),
      programs: [...new Set([...programs.filter((name) => !isTest(name)), ...programs.filter(isTest)])],
      packages: [...new Set(commands.flatMap(packageOf))],
    },
  ];
}

/** Where Python's build calls CMake, it is nothing to be run by itself. */
function isPartOfPython(files: ProjectFiles): boolean {
  const text = `${files.text('pyproject.toml') ?? ''}\n${files.text('setup.py') ?? ''}`;
  return /\b(?:scikit[-_]build|skbuild|CMakeExtension|mesonpy|cmake_build_extension)/.test(text);
}

interface Command {
  /** In lower case: CMake takes any. */
  name: string;
  words: readonly string[];
}

/** The commands of a CMake list, without comments (https://cmake.org/cmake/help/latest/manual/cmake-language.7.html). */
function cmakeCommands(text: string): Command[] {
  const tokens = text.matchAll(
    /#\[(=*)\[[^]*?\]\1\]|#.*|\[(=*)\[([^]*?)\]\2\]|"((?:\\[^]|[^"\\])*)"|([()])|((?:\\.|[^\s()#"\\])+)/g,
  );
  const commands: Command[] = [];
  let before = '';
  let open: { name: string; words: string[] } | undefined;
  let depth = 0;
  for (const [, , , bracket, quoted, parenthesis, plain] of tokens) {
    const word = bracket ?? quoted ?? plain;
    if (parenthesis === '(') {
      depth += 1;
      open ??= { name: before.toLowerCase(), words: [] };
    } else if (parenthesis === ')') {
      depth = Math.max(0, depth - 1);
      if (depth === 0 && open !== undefined) {
        commands.push(open);
        open = undefined;
      }
    } else if (word !== undefined) {
      if (open === undefined) before = word;
      else open.words.push(word);
    }
  }
  return commands;
}

interface List {
  name: string;
  commands: readonly Command[];
}

/** The first list, and those that it and these add by `add_subdirectory`. */
function reachedFrom(lists: readonly List[]): List[] {
  const reached = new Set(lists.slice(0, 1));
  for (const list of reached) {
    for (const { name, words } of list.commands) {
      if (name !== 'add_subdirectory' && name !== 'include') continue;
      const folder = posix.join(posix.dirname(list.name), words[0] ?? '').replace(/\$\{\w+\}\//, '');
      const other = lists.find((each) => each.name === posix.join(folder, 'CMakeLists.txt'));
      if (other !== undefined) reached.add(other);
    }
  }
  return [...reached];
}

function variablesOf(commands: readonly Command[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const { name, words } of commands) {
    const [first, second] = words;
    if (first === undefined) continue;
    if (name === 'project') {
      variables.set('PROJECT_NAME', first);
      if (!variables.has('CMAKE_PROJECT_NAME')) variables.set('CMAKE_PROJECT_NAME', first);
    }
    if (name === 'set' && second !== undefined && words.length === 2) variables.set(first, second);
  }
  return variables;
}

function programOf(variables: ReadonlyMap<string, string>): (command: Command) => string[] {
  return ({ name, words }) => {
    const [target = '', kind] = words;
    if ((name !== 'add_executable' && name !== 'cuda_add_executable') || kind === 'IMPORTED' || kind === 'ALIAS')
      return [];
    const program = target.replaceAll(/\$\{(\w+)\}/g, (whole, variable: string) => variables.get(variable) ?? whole);
    return /^[\w.+-]+$/.test(program) ? [program] : [];
  };
}

function packageOf({ name, words }: Command): string[] {
  const [wanted] = words;
  return name === 'find_package' && wanted !== undefined && /^\w[\w.+-]*$/.test(wanted) ? [wanted] : [];
}

function isCuda({ name, words }: Command): boolean {
  if (name === 'project') return words.slice(1).includes('CUDA');
  if (name === 'enable_language') return words.includes('CUDA');
  return name === 'find_package' && /^CUDA(?:Toolkit)?$/.test(words[0] ?? '');
}

function isTest(name: string): boolean {
  return /(?:^|[-_])(?:unit)?(?:tests?|bench(?:mark)?s?)(?:$|[-_])/i.test(name);
}
