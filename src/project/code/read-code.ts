import { join } from 'node:path';
import { type Listing } from '../listing.js';
import { parseProblem } from '../parse-document.js';
import {
  type EntryPoint,
  type ImportedPackage,
  type LoadedPackage,
  type Notebook,
  type OutputFolder,
  type ProjectProblem,
} from '../project.js';
import { readText } from '../read-text.js';
import { chooseFiles, type CodeFile } from './choose-files.js';
import { type CodeFacts, factsOf } from './code-facts.js';
import { entryPoints, type Readme } from './entry-points.js';
import { importedPackages, OwnModules } from './imported-packages.js';
import { folderOfNotebook, lineInNotebook, type NotebookReading, readNotebook, readNotebookEnds } from './notebook.js';
import { rankOutputs } from './output-folders.js';
import { readTail, sizeOfFile } from './read-tail.js';
import { writtenByStages } from './rules-outputs.js';
import { isAbsolute } from './values.js';

/** What a project's own code says of it. */
interface CodeReading {
  /** The likeliest first. */
  entries: EntryPoint[];
  /** The likeliest first. */
  outputs: OutputFolder[];
  /** Sorted. */
  imports: ImportedPackage[];
  /** Sorted. */
  loadedPackages: LoadedPackage[];
  notebooks: Notebook[];
  problems: ProjectProblem[];
}

/** How much is read of a file, of a notebook, of the end of a larger notebook, and of all files: in bytes. */
const mostOfFile = 256 * 1024;
const mostOfNotebook = 1024 * 1024;
const mostOfEnd = 64 * 1024;
const mostOfAll = 8 * 1024 * 1024;
/** Files that are read at the same time. */
const atOnce = 16;

/**
 * Reads the code of a project, as far as a person would look at it: some hundred files, and the beginning of large ones. What
 * is broken is a problem of that file. Rejects with the signal's reason when it is aborted.
 */
export async function readCode(listing: Listing, { signal }: { signal?: AbortSignal } = {}): Promise<CodeReading> {
  const chosen = await withinBudget(listing.folder, chooseFiles(listing.files), signal);
  const readings: FileReading[] = [];
  for (let start = 0; start < chosen.length; start += atOnce) {
    signal?.throwIfAborted();
    const group = chosen.slice(start, start + atOnce);
    readings.push(...(await Promise.all(group.map((file) => readOne(listing.folder, file, signal)))));
  }
  const facts = readings.flatMap(({ facts: each }) => each ?? []);
  const notebooks = readings.flatMap(({ notebook }) => notebook ?? []);
  const readmes = readings.flatMap(({ readme }) => readme ?? []);
  return {
    entries: entryPoints(facts, notebooks, readmes, listing.files),
    outputs: rankOutputs(facts),
    imports: importedPackages(
      readings.flatMap(({ facts: each, requirements = [] }) =>
        each === undefined ? [] : [{ file: each.file, modules: each.modules, requirements }],
      ),
      new OwnModules(listing.files),
    ),
    loadedPackages: packagesOf(facts),
    notebooks,
    problems: readings.flatMap(({ problem }) => problem ?? []),
  };
}

function packagesOf(facts: readonly CodeFacts[]): LoadedPackage[] {
  const found = new Map<string, LoadedPackage>();
  for (const { file, packages } of facts) {
    for (const name of packages) if (!found.has(name)) found.set(name, { name, file });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface SizedFile extends CodeFile {
  size: number;
}

interface FileReading {
  facts?: CodeFacts;
  notebook?: Notebook;
  readme?: Readme;
  requirements?: readonly string[];
  problem?: ProjectProblem;
}

/** The first files whose parts that are read fit together into what is read at most. */
async function withinBudget(
  folder: string,
  files: readonly CodeFile[],
  signal: AbortSignal | undefined,
): Promise<SizedFile[]> {
  const sizes = await Promise.all(files.map(({ file }) => sizeOfFile(join(folder, file))));
  signal?.throwIfAborted();
  let left = mostOfAll;
  return files.flatMap((file, index) => {
    const size = sizes[index];
    if (size === undefined) return [];
    left -= file.kind === 'notebook' && size <= mostOfNotebook ? size : Math.min(size, mostOfFile);
    return left < 0 ? [] : [{ ...file, size }];
  });
}

async function readOne(folder: string, file: SizedFile, signal: AbortSignal | undefined): Promise<FileReading> {
  const path = join(folder, file.file);
  const isWhole = file.kind === 'notebook' && file.size <= mostOfNotebook;
  const found = await readText(path, isWhole ? mostOfNotebook : mostOfFile, signal);
  // What has such characters is no text, whatever its name says.
  if (found === undefined || found.text.includes('\0')) return {};
  const { text, isCut } = found;
  if (file.kind === 'notebook') {
    return notebookReading(
      file,
      text,
      isCut ? readNotebookEnds(text, await readTail(path, file.size, mostOfEnd)) : readNotebook(text),
    );
  }
  const lines = isCut ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  if (file.kind === 'dvc') return pipelineReading(file, lines);
  return file.kind === 'readme'
    ? { readme: { file: file.file, text: lines } }
    : { facts: factsOf(file.file, file.kind, lines) };
}

function pipelineReading({ file, kind }: CodeFile, text: string): FileReading {
  const facts = factsOf(file, kind, text);
  try {
    return { facts: { ...facts, written: writtenByStages(text) } };
  } catch (error) {
    return { facts, problem: parseProblem(file, text, error) };
  }
}

function notebookReading({ file, kind }: CodeFile, text: string, reading: NotebookReading): FileReading {
  if (reading.kind === 'problem') return { problem: { file, line: reading.line, message: reading.message } };
  const { language, code, requirements } = reading.notebook;
  const known = language === 'R' ? 'r' : language === 'julia' || language === 'python' ? language : undefined;
  const facts = factsOf(file, kind, code, known);
  const folder = folderOfNotebook(file, text);
  const written = facts.written.map(({ path, of, line }) => ({
    path: folder === '' || isAbsolute(path) ? path : `${folder}/${path}`,
    of,
    line: lineInNotebook(text, code, line),
  }));
  return { facts: { ...facts, written }, notebook: { file, language }, requirements };
}
