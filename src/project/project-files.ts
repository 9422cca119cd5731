import { type Dependency } from './dependency.js';
import { parserFor } from './dependency-formats.js';
import { parseDocument, parseProblem } from './parse-document.js';
import { type ProjectProblem } from './project.js';
import { hasName, namesIn } from './sorted-names.js';

/** The files that tell what a project is, with what was read of them; and what is found wrong with them. */
export class ProjectFiles {
  readonly #inFolders = new Map<string, readonly string[]>();
  readonly #texts: ReadonlyMap<string, string>;
  readonly #documents = new Map<string, unknown>();
  readonly #problems: ProjectProblem[] = [];

  /**
   * @param names all files of the project, relative to it, with `/`, sorted
   * @param texts of those files that were read
   */
  constructor(
    readonly names: readonly string[],
    texts: ReadonlyMap<string, string>,
  ) {
    this.#texts = texts;
  }

  get problems(): readonly ProjectProblem[] {
    return this.#problems;
  }

  has(file: string): boolean {
    return hasName(this.names, file);
  }

  /** The names of the files in a folder, without those below. @param folder empty, or with `/` at its end */
  in(folder: string): readonly string[] {
    const known = this.#inFolders.get(folder) ?? namesIn(this.names, folder);
    this.#inFolders.set(folder, known);
    return known;
  }

  /** The first of some files that is there. */
  first(...files: readonly string[]): string | undefined {
    return files.find((file) => this.has(file));
  }

  /** Undefined for a file that is not there, or that was not read. */
  text(file: string): string | undefined {
    return this.#texts.get(file);
  }

  /** The value of a TOML, YAML or JSON file; undefined, and reported, where it is broken. */
  document(file: string): unknown {
    const text = this.text(file);
    if (text === undefined) return undefined;
    if (!this.#documents.has(file)) {
      try {
        this.#documents.set(file, parseDocument(file, text));
      } catch (error) {
        this.#documents.set(file, undefined);
        this.report(parseProblem(file, text, error));
      }
    }
    return this.#documents.get(file);
  }

  /**
   * What a file says that the project depends on; nothing, and reported, where it cannot be read.
   *
   * @param format name of the file whose format it has
   */
  dependencies(file: string, format: string): readonly Dependency[] {
    const text = this.text(file);
    if (text === undefined) return [];
    try {
      return parserFor(format)?.parse(text) ?? [];
    } catch (error) {
      // Of JSON its own parser says where it is broken.
      if (/^\s*\{/.test(text)) this.document(file);
      if (!this.#problems.some((problem) => problem.file === file)) this.report(parseProblem(file, text, error));
      return [];
    }
  }

  /** Notes what is wrong with a file; the first thing on a line is enough. */
  report(problem: ProjectProblem): void {
    const isKnown = this.#problems.some(({ file, line }) => file === problem.file && line === problem.line);
    if (!isKnown) this.#problems.push(problem);
  }
}
