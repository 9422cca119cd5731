import * as v from 'valibot';
import { jsonErrorLine } from './json-error.js';

/** What a notebook has of code. */
export interface NotebookCode {
  /** `python`, `R`, `julia`, or as its kernel calls it. */
  language: string | undefined;
  /** All code cells, one behind the other; lines for the notebook rather than its language are empty. */
  code: string;
  /** Packages that its cells install. */
  requirements: readonly string[];
}

export type NotebookReading =
  { kind: 'read'; notebook: NotebookCode } | { kind: 'problem'; line: number | undefined; message: string };

const lines = v.union([v.string(), v.array(v.string())]);
const cell = v.looseObject({
  cell_type: v.optional(v.string()),
  source: v.optional(lines),
  // Of nbformat 3.
  input: v.optional(lines),
  language: v.optional(v.string()),
});
const metadata = v.looseObject({
  kernelspec: v.optional(v.looseObject({ language: v.optional(v.string()), name: v.optional(v.string()) })),
  language_info: v.optional(v.looseObject({ name: v.optional(v.string()) })),
});
/** https://nbformat.readthedocs.io/en/latest/format_description.html, versions 3 and 4. */
const format = v.looseObject({
  nbformat: v.optional(v.number()),
  metadata: v.optional(metadata),
  cells: v.optional(v.array(cell)),
  worksheets: v.optional(v.array(v.looseObject({ cells: v.optional(v.array(cell)) }))),
});

/** Reads a whole notebook. */
export function readNotebook(text: string): NotebookReading {
  if (text.trim() === '') return { kind: 'problem', line: undefined, message: 'It is empty, and no notebook.' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const line = jsonErrorLine(text);
    const isConflict = /^(?:<{7}|={7}|>{7})/.test(text.split('\n', line).at(-1) ?? '');
    return {
      kind: 'problem',
      line,
      message: isConflict ? 'It has the marks of a merge that was not finished.' : 'It is not valid JSON.',
    };
  }
  return fromJson(value);
}

/**
 * Reads a notebook of which only the beginning and the end are known, as far as that goes: the cells that are whole in `head`, and
 * the kernel's language, which most programs write behind them.
 */
export function readNotebookEnds(head: string, tail: string): NotebookReading {
  let value: unknown;
  try {
    value = JSON.parse(closed(head));
  } catch {
    return { kind: 'problem', line: jsonErrorLine(head), message: 'It is not valid JSON.' };
  }
  const reading = fromJson(value, true);
  if (reading.kind === 'problem' || reading.notebook.language !== undefined) return reading;
  const [, named] =
    /"kernelspec"\s*:\s*\{[^{}]*"language"\s*:\s*"([^"]+)"/.exec(tail) ??
    /"language_info"\s*:\s*\{(?:[^{}]|\{[^{}]*\})*?"name"\s*:\s*"([^"]+)"/.exec(tail) ??
    [];
  return { kind: 'read', notebook: { ...reading.notebook, language: languageOf(named) } };
}

function fromJson(value: unknown, isPart = false): NotebookReading {
  const result = v.safeParse(format, value);
  const cells = result.success
    ? [...(result.output.cells ?? []), ...(result.output.worksheets ?? []).flatMap((sheet) => sheet.cells ?? [])]
    : [];
  const isNotebook =
    result.success &&
    (result.output.cells !== undefined || result.output.worksheets !== undefined || (isPart && cells.length === 0));
  if (!isNotebook) return { kind: 'problem', line: undefined, message: 'It is JSON, but not a notebook.' };
  const code = cells.filter(({ cell_type: type }) => type === 'code');
  const { kernelspec, language_info: info } = result.output.metadata ?? {};
  const language =
    languageOf(kernelspec?.language ?? info?.name) ??
    languageOf(code.find((each) => each.language !== undefined)?.language) ??
    languageOfKernel(kernelspec?.name);
  const requirements: string[] = [];
  const texts = code.map(({ source, input }) => {
    const text = source ?? input ?? '';
    return withoutMagics(typeof text === 'string' ? text : text.join(''), requirements);
  });
  return { kind: 'read', notebook: { language, code: texts.join('\n'), requirements } };
}

function languageOf(name: string | undefined): string | undefined {
  if (name === undefined || name === '') return undefined;
  const plain = name.toLowerCase();
  return plain === 'r' ? 'R' : /^i?python[23]?$/.test(plain) ? 'python' : plain;
}

/** Kernels have the names that their installers give them: `python3`, `ir`, `julia-1.10`. */
function languageOfKernel(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  return /^ir\d*$/i.test(name) ? 'R' : /^julia/i.test(name) ? 'julia' : /^python/i.test(name) ? 'python' : undefined;
}

/** Cells in another language, or that are a file's text. */
const otherCell =
  /^\s*%%(?:!|(?:bash|sh|script|system|sx|cmd|html|javascript|js|latex|markdown|svg|perl|ruby|writefile|file|sql|bigquery|R|cython|julia|octave|stata|cpp|cu|nvcc|fortran)\b)/;
/** A line for the notebook: not `% x` or `!= x`, which go on with an expression of the line above. */
const magic = /^\s*(?:%{1,2}[A-Za-z]|!(?!=)|\?)|^\s*[\w.]+\?{1,2}\s*$|^pip3?\s+install\s/;

function withoutMagics(text: string, requirements: string[]): string {
  if (otherCell.test(text)) return text.replaceAll(/[^\n]+/g, '');
  return text
    .split('\n')
    .map((line) => {
      if (!magic.test(line)) return line;
      requirements.push(...installed(line));
      return '';
    })
    .join('\n');
}

/** The names in `%pip install x`. */
function installed(line: string): string[] {
  const [, rest] =
    /^\s*[%!]{0,2}\s*(?:(?:uv|(?:python3?|"?\{sys\.executable\}"?)\s+-m)\s+)?pip3?\s+(?:-q\s+)?install\s+(.*)$/.exec(
      line,
    ) ?? [];
  if (rest === undefined) return [];
  const words = rest
    .replace(/[#;|&].*$/s, '')
    .replaceAll(/["']/g, '')
    .trim()
    .split(/\s+/);
  return words.flatMap((word, index) => {
    const isValue = /^(?:-[rceift]|--[a-z-]+(?:url|requirement|constraint|links|host|target|editable))$/.test(
      words[index - 1] ?? '',
    );
    if (isValue || !/^[A-Za-z0-9]/.test(word) || /[/\\:@{$]/.test(word)) return [];
    return /^[A-Za-z0-9][\w.-]*/.exec(word) ?? [];
  });
}

/** The beginning of a JSON text, ended behind the last object in it that is whole and part of a list. */
function closed(head: string): string {
  const open: string[] = [];
  let end = 0;
  let closers = '';
  for (let position = 0; position < head.length; position += 1) {
    const character = head.charAt(position);
    if (character === '"') {
      position += 1;
      while (position < head.length && head.charAt(position) !== '"')
        position += head.charAt(position) === '\\' ? 2 : 1;
    } else if (character === '{' || character === '[') open.push(character);
    else if (character === '}' || character === ']') {
      open.pop();
      if (character === '}' && open.length === 2 && open[1] === '[') {
        end = position + 1;
        closers = ']}';
      }
    }
  }
  return end === 0 ? '{"cells":[]}' : head.slice(0, end) + closers;
}

/** The line of a notebook's file that has a line of its code; 1 where it cannot be found. Both are counted from 1. */
export function lineInNotebook(text: string, code: string, line: number): number {
  const source = code.split('\n')[line - 1] ?? '';
  const at = text.indexOf(JSON.stringify(source).slice(1, -1));
  return at < 0 || source === '' ? 1 : text.slice(0, at).split('\n').length;
}

/** What takes a notebook elsewhere, or names places from the project's folder on. */
const leaving = /%cd\s|\b(?:chdir|setwd|cd|here|(?:project|plots|data|scripts|src|papers)dir)\s*\(/;

/**
 * The folder that a notebook's names of files begin in: its own, where Jupyter and nbconvert run it; empty for the project's, where its
 * code says so.
 */
export function folderOfNotebook(file: string, text: string): string {
  return leaving.test(text) ? '' : file.slice(0, Math.max(0, file.lastIndexOf('/')));
}
