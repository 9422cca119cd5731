import { type ImportedPackage } from '../project.js';
import packageTable from './python-packages.json';
import standardLibrary from './python-standard-library.json';

/** Of Python 3.9 to 3.14, without names that begin with `_`, which nobody else has either. */
const standard = new Set<string>(standardLibrary);
/** Null for what no index has. */
const packages: ReadonlyMap<string, string | null> = new Map<string, string | null>(Object.entries(packageTable));
/** Folders that modules of many packages share: one that is not in the table belongs to nobody known. */
const shared = new Set([
  'google',
  'ruamel',
  'azure',
  'zope',
  'backports',
  'sphinxcontrib',
  'jaraco',
  'paste',
  'repoze',
]);

/**
 * What people call files of their own. Where such a file is missing, a package that happens to have the name is not what is meant,
 * and may be anybody's.
 */
const ownNames = new Set(
  'utils util utilities helper helpers config configs constants settings common core lib libs src code scripts tools main run train training test tests eval evaluate model models data dataset dataloader data_loader loader losses loss metrics plotting plot plots functions params parameters preprocess preprocessing analysis experiments simulation layers network networks'.split(
    ' ',
  ),
);

/** The same for names that are made of such words. */
const ownName = /^(?:my|our)_|_(?:utils?|helpers?|functions|funcs)$/;

/** One file's imports: full names of modules, or requirements that a notebook installs itself. */
interface FileImports {
  file: string;
  modules: readonly string[];
  requirements: readonly string[];
}

/** The modules that a project has itself, by its files. */
export class OwnModules {
  /** Names that a file or folder with code has, wherever it is. */
  private readonly names = new Set<string>();
  /** `folder/name` of those that Python finds in that folder. */
  private readonly places = new Set<string>();

  constructor(files: readonly string[]) {
    for (const file of files) {
      if (!/\.(?:pyx?|so|pyd)$/.test(file)) continue;
      const parts = file.split('/');
      const last = parts.pop() ?? '';
      const name = last.slice(0, last.indexOf('.'));
      const folder = parts.join('/');
      if (name === '__init__') this.places.add(folder);
      else this.places.add(folder === '' ? name : `${folder}/${name}`);
      this.names.add(name);
      for (const part of parts) this.names.add(part);
    }
  }

  /** Whether a file of the project means one of its own by that name, which some package has, too, where `isKnown`. */
  has(name: string, importer: string, isKnown: boolean): boolean {
    if (!this.names.has(name)) return false;
    if (!isKnown) return true;
    const folders = importer.split('/').slice(0, -1);
    const own = importer.replace(/\.\w+$/, '');
    return folders
      .map((_, depth) => folders.slice(0, depth + 1).join('/'))
      .concat('', 'src')
      .map((folder) => (folder === '' ? name : `${folder}/${name}`))
      .some((place) => place !== own && this.places.has(place));
  }
}

/** What the code needs from an index of packages, sorted by name: imports that neither Python nor the project has itself. */
export function importedPackages(files: readonly FileImports[], own: OwnModules): ImportedPackage[] {
  const found = new Map<string, ImportedPackage>();
  const add = (name: string, module: string, file: string): void => {
    if (!found.has(name)) found.set(name, { name, module, file });
  };
  for (const { file, modules, requirements } of files) {
    for (const module of modules) {
      const known = inTable(module);
      const top = module.split('.', 1)[0] ?? module;
      if (standard.has(top) || top.startsWith('_') || own.has(top, file, known !== undefined)) continue;
      if (known !== undefined) {
        if (known.name !== null) add(known.name, known.module, file);
      } else if (!shared.has(top) && !ownNames.has(top) && !ownName.test(top)) add(normalized(top), top, file);
    }
    for (const name of requirements) add(normalized(name), name, file);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The entry for the module, or for the innermost package around it that has one. */
function inTable(module: string): { module: string; name: string | null } | undefined {
  const parts = module.split('.').slice(0, 4);
  for (; parts.length > 0; parts.pop()) {
    const name = packages.get(parts.join('.'));
    if (name !== undefined) return { module: parts.join('.'), name };
  }
  return undefined;
}

/** As PEP 503 has it. */
function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}
