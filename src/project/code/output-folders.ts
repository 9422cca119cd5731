import { type OutputFolder } from '../project.js';

/** A place in the code that says where results go. */
export interface Written {
  /** As the code has it; relative to the project's folder, or absolute. */
  path: string;
  /** Whether `path` is a folder, or a file in one. */
  of: 'folder' | 'file';
  line: number;
}

/** What a folder for all the results of a project is called, the most usual first. */
const forResults = ['results', 'output', 'outputs', 'result', 'out', '_output', '_results'];
/** What a folder for results of one kind is called. */
const forSome =
  'figures figs figure fig plots plot images imgs graphs tables logs log runs checkpoints ckpt ckpts artifacts artefacts predictions reports saved_models generated'.split(
    ' ',
  );
/** Folders with what a program reads, or with what nobody keeps. */
const notForResults = new Set(
  'data dataset datasets input inputs raw src lib code scripts tests test docs tmp temp cache caches node_modules build dist venv env config configs conf static templates assets bin obj http: https: s3: gs: file:'.split(
    ' ',
  ),
);

/**
 * The folder that results at a path are collected in: the first of its folders with a telling name, else its first folder.
 * Undefined where that is not in the project, or is a folder for something else.
 */
export function folderOfResults({ path, of }: Pick<Written, 'path' | 'of'>): string | undefined {
  if (!isPlainPath(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  if (of === 'file') parts.pop();
  const telling = parts.findIndex((part) => rankOfName(part) < 2);
  if (telling >= 0) return parts.slice(0, telling + 1).join('/');
  const [first] = parts;
  return first === undefined || notForResults.has(first.toLowerCase()) || first.startsWith('.') ? undefined : first;
}

/** Whether it is what a person calls a folder or a file of results in the project, rather than any text. */
function isPlainPath(path: string): boolean {
  return (
    path.length <= 300 &&
    !/^(?:[/~]|\\\\|[A-Za-z]:)/.test(path) &&
    !path.includes('://') &&
    // eslint-disable-next-line no-control-regex -- a text with them is no path.
    !/[\u0000-\u001f<>|*?"$`{}]/.test(path) &&
    path === path.trim()
  );
}

/** Whether a folder of that name is one of results, whatever else is known of it. */
export function isTelling(path: string): boolean {
  return rankOfName(path.replace(/^\.\//, '').replace(/\/+$/, '')) < 2;
}

/** 0 for a folder of all results, 1 for one of some of them, 2 for others. */
function rankOfName(folder: string): 0 | 1 | 2 {
  const name = folder.toLowerCase();
  const stem = name.replace(/^(?:my|all|final|model|sim|simulation|experiment)[_-]|[_-](?:dir|folder|files|\d+)$/g, '');
  if (forResults.includes(stem)) return 0;
  return forSome.includes(stem) ? 1 : 2;
}

/** The folders that files of code write to, telling names first, then those with the most evidence. */
export function rankOutputs(files: readonly { file: string; written: readonly Written[] }[]): OutputFolder[] {
  const found = new Map<string, OutputFolder & { count: number }>();
  for (const { file, written } of files) {
    for (const one of written) {
      const folder = folderOfResults(one);
      if (folder === undefined) continue;
      const known = found.get(folder);
      if (known === undefined) found.set(folder, { folder, file, line: one.line, count: 1 });
      else known.count += 1;
    }
  }
  return [...found.values()]
    .sort(
      (a, b) =>
        rankOfFolder(a.folder) - rankOfFolder(b.folder) ||
        b.count - a.count ||
        order(a.folder) - order(b.folder) ||
        (a.folder < b.folder ? -1 : 1),
    )
    .map(({ folder, file, line }) => ({ folder, file, line }));
}

function rankOfFolder(folder: string): number {
  return rankOfName(lastPart(folder));
}

function order(folder: string): number {
  const at = [...forResults, ...forSome].indexOf(lastPart(folder).toLowerCase());
  return at < 0 ? forResults.length + forSome.length : at;
}

function lastPart(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}
