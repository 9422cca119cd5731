import * as v from 'valibot';
import { type Dependency } from './dependency.js';
import { lenient, lenientTable, lenientText } from './lenient.js';
import { futureVersion } from './lock-versions.js';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';

const projectToml = v.object({ name: lenientText, uuid: lenientText, deps: lenientTable, compat: lenientTable });
const entry = v.looseObject({ uuid: v.string(), version: v.optional(v.string()), path: v.optional(v.string()) });
const entries = v.record(v.string(), v.array(entry));
/** Format 2; format 1 has the entries at the top (https://pkgdocs.julialang.org/v1/toml-files/). */
const manifestToml = v.object({ deps: lenient(entries) });

/** A Project.toml of Julia; undefined where it is missing, broken, or another tool's. */
export function readJuliaProject(files: ProjectFiles, file: string): v.InferOutput<typeof projectToml> | undefined {
  const result = v.safeParse(projectToml, files.document(file));
  if (!result.success) return undefined;
  const { uuid, deps, compat } = result.output;
  return uuid === undefined && deps === undefined && compat === undefined ? undefined : result.output;
}

/** Julia's manifest in a folder: the lock file. */
export function juliaManifest(files: ProjectFiles, folder: string): string | undefined {
  const usual = files.first(`${folder}JuliaManifest.toml`, `${folder}Manifest.toml`);
  if (usual !== undefined) return usual;
  const versioned = /^(?:Julia)?Manifest-v\d+\.\d+\.toml$/;
  const name = files.in(folder).findLast((each) => versioned.test(each));
  return name === undefined ? undefined : folder + name;
}

/**
 * The way in which a folder says what a Julia project depends on.
 *
 * @param folder empty for the project's own, or with `/` at its end: repo2docker's
 */
export function juliaSources(files: ProjectFiles, folder: string): DependencySource[] {
  const manifest = files.first(`${folder}JuliaProject.toml`, `${folder}Project.toml`);
  if (manifest === undefined) return [];
  const project = readJuliaProject(files, manifest);
  const lock = juliaManifest(files, folder);
  if (project === undefined && lock === undefined) return [];
  return [
    {
      kind: 'julia',
      files: [...(lock === undefined ? [] : [lock]), manifest],
      dependencies:
        lock === undefined
          ? Object.keys(project?.deps ?? {}).map((name) => dependency(name, undefined))
          : lockedPackages(files, lock),
      manifest,
      lock,
    },
  ];
}

function lockedPackages(files: ProjectFiles, lock: string): Dependency[] {
  const future = futureVersion(lock.replace(/^.*\//, ''), files.text(lock) ?? '');
  if (future !== undefined) {
    const message = `It has version ${future} of its format, which is newer than this extension knows: its packages are not read.`;
    files.report({ file: lock, line: undefined, message });
    return [];
  }
  const document = files.document(lock);
  const result = v.safeParse(manifestToml, document);
  const all = (result.success ? result.output.deps : undefined) ?? (v.is(entries, document) ? document : {});
  return Object.entries(all).flatMap(([name, versions]) =>
    versions.map(({ version, path }) => ({
      ...dependency(name, version),
      ...(path === undefined ? {} : { from: 'folder' as const }),
    })),
  );
}

function dependency(name: string, version: string | undefined): Dependency {
  return { name, version, extras: [], wheels: undefined };
}
