import * as v from 'valibot';
import { type Dependency } from './dependency.js';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';

const renvLock = v.object({
  R: v.object({ Version: v.string() }),
  Packages: v.record(v.string(), v.looseObject({ Package: v.optional(v.string()), Version: v.optional(v.string()) })),
});
/** What `renv::restore()` needs beside the lock. */
const renvSupport = ['.Rprofile', 'renv/activate.R', 'renv/settings.json', 'renv/settings.dcf'];

/**
 * The way in which a folder says what an R project depends on.
 *
 * @param folder empty for the project's own, or with `/` at its end: repo2docker's
 */
export function rSources(files: ProjectFiles, folder: string): DependencySource[] {
  const lock = files.first(`${folder}renv.lock`);
  if (lock !== undefined) {
    const support = renvSupport.map((name) => folder + name).filter((name) => files.has(name));
    return [{ kind: 'renv', files: [lock, ...support], dependencies: lockedPackages(files, lock), lock, support }];
  }
  const description = files.first(`${folder}DESCRIPTION`);
  const text = description === undefined ? undefined : files.text(description);
  const isOfR = text !== undefined && /^(?:Package|Imports|Depends):/m.test(text);
  const script = files.first(...['install.R', 'install_packages.R', 'install-packages.R'].map((name) => folder + name));
  const own = [...(isOfR && description !== undefined ? [description] : []), ...(script === undefined ? [] : [script])];
  const [manifest] = own;
  if (manifest === undefined) return [];
  const dependencies = [
    ...(isOfR ? describedPackages(text) : []),
    ...(script === undefined ? [] : installedPackages(files.text(script) ?? '')),
  ];
  return [{ kind: 'r', files: own, dependencies, manifest }];
}

function lockedPackages(files: ProjectFiles, lock: string): Dependency[] {
  const document = files.document(lock);
  const result = v.safeParse(renvLock, document);
  if (!result.success) {
    if (document !== undefined) {
      const message = 'It is not what renv writes: it lacks “R” or “Packages”.';
      files.report({ file: lock, line: undefined, message });
    }
    return [];
  }
  return Object.entries(result.output.Packages).map(([name, { Package, Version }]) =>
    package_(Package ?? name, Version),
  );
}

/** `Depends` and `Imports` of a DESCRIPTION, whose fields go on in lines that are indented. */
function describedPackages(text: string): Dependency[] {
  return ['Depends', 'Imports', 'LinkingTo'].flatMap((field) => {
    const [, list = ''] = new RegExp(`^${field}:(.*(?:\\n[ \\t]+.*)*)`, 'm').exec(text) ?? [];
    return list.split(',').flatMap((entry) => {
      const [, name, version] = /^\s*([A-Za-z][\w.]*)\s*(?:\(\s*==\s*([\d.-]+)\s*\))?/.exec(entry) ?? [];
      return name === undefined || name === 'R' ? [] : [package_(name, version)];
    });
  });
}

/** The packages that a script installs, as far as it names them. */
function installedPackages(text: string): Dependency[] {
  const code = text.replaceAll(/^[^"'\n]*?#.*$/gm, (line) => line.replace(/#.*$/, ''));
  const exact = /install_version\(\s*["']([\w.]+)["']\s*,\s*(?:version\s*=\s*)?["']([\d.-]+)["']/g;
  const pinned = [...code.matchAll(exact)].map(([, name = '', version]) => package_(name, version));
  const lists = code.matchAll(
    /(?:install\.packages|pkg_install|BiocManager::install|pak::pak)\s*\(\s*((?:c\([^)]*\))|["'][^"']+["'])/g,
  );
  const named = [...lists].flatMap(([, list = '']) =>
    [...list.matchAll(/["']([A-Za-z][\w.]*)["']/g)].map((match) => match[1] ?? ''),
  );
  const all = [...pinned, ...named.map((name) => package_(name, undefined))];
  return all.filter((each, index) => all.findIndex(({ name }) => name === each.name) === index);
}

function package_(name: string, version: string | undefined): Dependency {
  return { name, version, extras: [], wheels: undefined };
}
