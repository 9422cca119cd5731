import { type Citation } from './citation.js';
import { type Dependency } from './dependency.js';
import { type GitState } from './git.js';
import { type Listing } from './listing.js';

/** What was found in a project's folder, each with the file that says so. All paths are relative to it, with `/`. */
export interface Project {
  /** Absolute path. */
  folder: string;
  /** What the project calls itself (pyproject.toml, CITATION.cff, the git remote), else the folder's name. */
  name: string;
  listing: Listing;
  /** The ways in which the folder itself says what the project depends on; those with a lock file first. */
  dependencies: readonly DependencySource[];
  /** Which versions of its languages it asks for, the most decisive statement first. */
  versions: readonly VersionStatement[];
  /** What can be run, the likeliest first. */
  entries: readonly EntryPoint[];
  /** Folders that the code writes its results to, the likeliest first. */
  outputs: readonly OutputFolder[];
  /** Folders with data that the code reads; they are mounted at run time rather than copied. */
  data: readonly string[];
  notebooks: readonly Notebook[];
  /** Packages from elsewhere that the code imports, as their index names them (`sklearn` is `scikit-learn`), sorted. */
  imports: readonly ImportedPackage[];
  /** Packages that the code loads or installs, of R, without those that come with it, sorted. */
  loadedPackages: readonly LoadedPackage[];
  repo2docker: Repo2docker | undefined;
  /** Folders below that are projects of their own, where this one says nothing of its dependencies itself. */
  subprojects: readonly string[];
  misspelt: readonly { file: string; meant: string }[];
  /** Files that are not what their name says; what they would have told is missing above. */
  problems: readonly ProjectProblem[];
  citation: Citation | undefined;
  git: GitState;
  /** What works out the version of the package that it is from git's history, which no image has: `setuptools-scm`. */
  versionTool?: string;
}

interface Source {
  /** The files that it consists of; a lock file first. */
  files: readonly string[];
  /** Of the lock file where there is one, else of the manifest. */
  dependencies: readonly Dependency[];
}

/** One way in which a project says what it depends on. `lock` is undefined where it has none. */
export type DependencySource =
  /** `pins` is the weakest that one of its lines has; `requirements` are all that are installed, in order. */
  | (Source & { kind: 'pip'; requirements: readonly string[]; pins: 'hashes' | 'versions' | 'none' })
  /** `isPackage`: the project itself is installed; `members` are the folders of a workspace. */
  | (Source & { kind: 'uv'; lock: string | undefined; isPackage: boolean; members: readonly string[] })
  | (Source & { kind: 'poetry'; lock: string | undefined; isPackage: boolean })
  | (Source & { kind: 'pdm'; lock: string | undefined; isPackage: boolean })
  | (Source & { kind: 'pipenv'; lock: string | undefined })
  /** `pyproject.toml`, `setup.py` or `setup.cfg` without a tool of its own: `pip install .` */
  | (Source & { kind: 'setuptools'; manifest: string })
  /** `explicit` is a lock for linux-64 as `conda create --file` takes it, `lock` one of conda-lock for several platforms. */
  | (Source & {
      kind: 'conda';
      environment: string | undefined;
      explicit: string | undefined;
      lock: string | undefined;
      hasPip: boolean;
      /** What of the environment's list for pip is in the project's own folder; `areAll` where nothing else is in it. */
      folders?: { lines: readonly string[]; areAll: boolean };
    })
  | (Source & { kind: 'pixi'; manifest: string; lock: string | undefined; environments: readonly string[] })
  /** `support` are the files beside the lock that `renv::restore()` needs, as far as they are there. */
  | (Source & { kind: 'renv'; lock: string; support: readonly string[] })
  /** R without a lock: `DESCRIPTION` or `install.R`. */
  | (Source & { kind: 'r'; manifest: string })
  | (Source & { kind: 'julia'; manifest: string; lock: string | undefined })
  /** `programs` are the names of its executables, `packages` those that it looks for with `find_package`. */
  | (Source & {
      kind: 'cmake';
      manifest: string;
      usesCuda: boolean;
      programs: readonly string[];
      packages: readonly string[];
    });

export type Language = 'python' | 'r' | 'julia';

export interface VersionStatement {
  language: Language;
  /** As it is written, such as `3.12.4`, `>=3.10,<3.13` or `^1.10`. */
  wanted: string;
  /** `3.12` or `3.12.4` where it says just one. */
  exact: string | undefined;
  file: string;
  /** Counted from 1; undefined where the format has none worth showing. */
  line: number | undefined;
}

export interface EntryPoint {
  kind: 'script' | 'notebook' | 'console-script' | 'web-app' | 'program';
  /** As it is run in the project's folder in the container. */
  command: readonly string[];
  /** The file that is run, or that names the program. */
  file: string;
  /** That it listens on, for `web-app`. */
  port: number | undefined;
  /** Why it is taken for one, as a person reads it: “it has a main block”. */
  because: string;
}

export interface OutputFolder {
  folder: string;
  file: string;
  line: number;
}

export interface Notebook {
  file: string;
  /** `python`, `R`, `julia`, as its kernel says; undefined where it does not. */
  language: string | undefined;
}

export interface ImportedPackage {
  name: string;
  /** The module that the code imports. */
  module: string;
  /** The first file that imports it. */
  file: string;
}

export interface LoadedPackage {
  name: string;
  /** The first file that loads it. */
  file: string;
}

/** What repo2docker would build from (https://repo2docker.readthedocs.io/en/latest/configuration/index.html). */
export interface Repo2docker {
  /** `binder`, `.binder`, or empty for the project's own folder. */
  folder: string;
  /** The names of its configuration files, in that folder. */
  files: readonly string[];
  /** What is in those of them that say something in their text, by name. */
  texts: ReadonlyMap<string, string>;
}

export interface ProjectProblem {
  file: string;
  /** Counted from 1. */
  line: number | undefined;
  message: string;
}
