import { join, sep } from 'node:path';
import { detectProject } from '../../project/detect-project.js';
import { listProject } from '../../project/listing.js';
import { type Project } from '../../project/project.js';
import { type Log } from '../../host/log.js';

/** What projects are, each found out once, until it is forgotten. */
export class DetectedProjects {
  private readonly known = new Map<string, Promise<Project | undefined>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly log: Log,
    private readonly detect: (
      folder: string,
      signal: AbortSignal,
      limit: number | undefined,
    ) => Promise<Project> = detectFolder,
  ) {}

  /**
   * The project that a Dockerfile is of: the folder's, or where that is only a folder of several projects, the one that the
   * Dockerfile lies in. Undefined where the folder cannot be read: the log has why.
   *
   * @param folder absolute path of the open project's folder, or else of the Dockerfile's
   * @param dockerfile absolute path
   * @param limit number of files of the folder that are looked at, those further up first; undefined for the usual one
   */
  async of(folder: string, dockerfile: string, limit?: number): Promise<Project | undefined> {
    const project = await this.at(folder, limit);
    const own = (project?.subprojects ?? [])
      .map((path) => join(folder, path))
      .filter((path) => dockerfile.startsWith(path + sep))
      .sort((left, right) => right.length - left.length)[0];
    return own === undefined ? project : ((await this.at(own, limit)) ?? project);
  }

  forget(): void {
    this.known.clear();
  }

  dispose(): void {
    this.ending.abort();
    this.known.clear();
  }

  private at(folder: string, limit: number | undefined): Promise<Project | undefined> {
    const known = this.known.get(folder);
    if (known !== undefined) return known;
    const found = this.detect(folder, this.ending.signal, limit).catch((error: unknown) => {
      if (!this.ending.signal.aborted)
        this.log.warn(`${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
    this.known.set(folder, found);
    return found;
  }
}

async function detectFolder(folder: string, signal: AbortSignal, limit: number | undefined): Promise<Project> {
  const listing = await listProject(folder, limit === undefined ? { signal } : { signal, limit });
  return detectProject(listing, { signal });
}

/**
 * Whether a file may say something else of a project, or of what its builds leave out, when it is saved: ignore files,
 * manifests, lock files, and what else says which versions are wanted.
 */
export function mayChangeProject(path: string): boolean {
  return projectFile.test(path.replace(/^.*[\\/]/, ''));
}

const projectFile = new RegExp(
  `^(?:${[
    '.*\\.dockerignore',
    '.*\\.lock',
    'Pipfile(?:\\.lock)?',
    'pylock(?:\\..+)?\\.toml',
    '[\\w.-]*requirements[\\w.-]*\\.(?:txt|in)',
    'pyproject\\.toml',
    'setup\\.(?:py|cfg)',
    'pixi\\.toml',
    '[\\w.-]*(?:environment|conda-lock)[\\w.-]*\\.ya?ml',
    'DESCRIPTION',
    'install(?:[_-]packages)?\\.R',
    '(?:Julia)?(?:Project|Manifest)[\\w.-]*\\.toml',
    'CMakeLists\\.txt',
    '(?:apt|runtime)\\.txt',
    '\\.(?:python|R|julia)-version',
    'CITATION\\.cff',
  ].join('|')})$`,
);
