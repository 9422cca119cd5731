import * as v from 'valibot';
import { lenient } from './lenient.js';
import { type DependencySource, type EntryPoint } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { readPyproject } from './pyproject.js';

const tasks = v.object({ tasks: lenient(v.record(v.string(), v.unknown())) });
/** Tasks that look after the code rather than run it. */
const upkeep =
  /^(?:_|(?:pre[-_]?commit|tests?|lint|fmt|format|check|type-?check|docs?|install|postinstall|clean|build|update|notebook|lab|jupyter|dev)(?:$|[-_:]))/i;

/**
 * What the manifests of a project say can be run, together with what was found in its code; the likeliest first. A
 * program of CMake comes before all else, what a package installs before its scripts.
 *
 * @param inCode entry points that were found in the code, the likeliest first
 */
export function entryPoints(
  files: ProjectFiles,
  sources: readonly DependencySource[],
  inCode: readonly EntryPoint[],
): EntryPoint[] {
  const scripts = consoleScripts(files);
  const others = pixiTasks(files);
  const isPackage = sources.some((source) => 'isPackage' in source && source.isPackage);
  const programs = sources.flatMap(programsOf);
  return isPackage ? [...programs, ...scripts, ...inCode, ...others] : [...programs, ...inCode, ...others, ...scripts];
}

function consoleScripts(files: ProjectFiles): EntryPoint[] {
  const file = 'pyproject.toml';
  const pyproject = readPyproject(files, file);
  const names = Object.keys({ ...pyproject?.tool?.poetry?.scripts, ...pyproject?.project?.scripts });
  return names.map((name) => ({
    kind: 'console-script',
    command: [name],
    file,
    port: undefined,
    because: `${file} installs it as a command`,
  }));
}

function pixiTasks(files: ProjectFiles): EntryPoint[] {
  const inToml = v.safeParse(tasks, files.document('pixi.toml'));
  const own = inToml.success ? inToml.output.tasks : undefined;
  const file = own === undefined ? 'pyproject.toml' : 'pixi.toml';
  const all = own ?? readPyproject(files, 'pyproject.toml')?.tool?.pixi?.tasks ?? {};
  return Object.keys(all)
    .filter((name) => !upkeep.test(name))
    .map((name) => ({
      kind: 'script',
      command: ['pixi', 'run', name],
      file,
      port: undefined,
      because: `it is a task of ${file}`,
    }));
}

function programsOf(source: DependencySource): EntryPoint[] {
  if (source.kind !== 'cmake') return [];
  return source.programs.map((name) => ({
    kind: 'program',
    command: [name],
    file: source.manifest,
    port: undefined,
    because: `${source.manifest} builds it`,
  }));
}
