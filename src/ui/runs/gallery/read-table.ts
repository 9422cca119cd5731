import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode } from '../../../host/failure.js';
import { type OutputFile } from '../../../run/record.js';
import { type Entry, type Gallery, goneNote, kindOf, limits, type Table } from './gallery-content.js';

/** What is read of a table at most, in bytes: one that runs for days may write gigabytes. */
export const mostBytes = 256 * 1024;

/** A picture of more bytes is not decoded for a tile. */
const largestPicture = 64_000_000;

/** Files that are looked at together. */
const atOnce = 16;

interface Candidate {
  index: number;
  output: OutputFile;
}

/** What is there now where a record says that an output is. */
export type Looked =
  | { kind: 'file'; file: string; size: number }
  | { kind: 'gone' }
  /** `why` completes “it is …”. */
  | { kind: 'refused'; why: string };

export type TableReading = { kind: 'table'; table: Table } | { kind: 'gone' } | { kind: 'unreadable'; why: string };

/** Looks at the files as they are now. One that cannot be shown is listed among the others, with the reason. */
export async function prepareGallery(
  folder: string,
  outputs: readonly OutputFile[],
  address: (file: string) => string,
): Promise<Gallery> {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const all = outputs.map((output, index): Candidate => ({ output, index }));
  all.sort((left, right) => compare(left.output.path, right.output.path));
  const ofKind = (kind: string): Candidate[] => all.filter(({ output }) => kindOf(output) === kind);
  const look = async (candidate: Candidate): Promise<Entry> =>
    entryOf(candidate, await lookAtOutput(folder, candidate.output.path));

  const pictures = await take(ofKind('picture'), limits.pictures, async (candidate) => {
    const entry = await look(candidate);
    if (entry.index === undefined) return { refused: entry };
    if ((entry.size ?? 0) > largestPicture) return { refused: { ...entry, note: 'too large to be shown here' } };
    return { shown: { ...entry, source: address(join(folder, ...entry.path.split('/'))) } };
  });
  const tables = await take(ofKind('table'), limits.tables, async (candidate) => {
    const reading = await readTable(folder, candidate.output.path);
    const entry = await look(candidate);
    if (entry.index === undefined || reading.kind === 'gone') return { refused: entry };
    if (reading.kind === 'unreadable') return { refused: { ...entry, note: reading.why } };
    return { shown: { ...entry, table: reading.table } };
  });
  const others = await take(ofKind('other'), limits.others, async (candidate) => ({ shown: await look(candidate) }));

  const listed = [...pictures.refused, ...tables.refused, ...others.shown];
  listed.sort((left, right) => compare(left.path, right.path));
  return {
    pictures: pictures.shown,
    tables: tables.shown,
    others: listed.slice(0, limits.others),
    hidden: {
      pictures: pictures.hidden,
      tables: tables.hidden,
      others: others.hidden + Math.max(0, listed.length - limits.others),
    },
  };
}

/** Looks at candidates, a few at once, until as many as wanted can be shown. */
async function take<Shown>(
  candidates: readonly Candidate[],
  most: number,
  look: (candidate: Candidate) => Promise<{ shown: Shown } | { refused: Entry }>,
): Promise<{ shown: Shown[]; refused: Entry[]; hidden: number }> {
  const shown: Shown[] = [];
  const refused: Entry[] = [];
  let at = 0;
  while (at < candidates.length && shown.length < most) {
    const together = candidates.slice(at, at + Math.min(atOnce, most - shown.length));
    at += together.length;
    for (const result of await Promise.all(together.map(look))) {
      if ('shown' in result) shown.push(result.shown);
      else refused.push(result.refused);
    }
  }
  return { shown, refused, hidden: candidates.length - at };
}

function entryOf({ index, output }: Candidate, looked: Looked): Entry {
  const { path } = output;
  if ('link' in output) return { index: undefined, path, size: undefined, note: `symbolic link to ${output.link}` };
  if (path.endsWith('/')) return { index: undefined, path, size: undefined, note: 'folder that may not be read' };
  switch (looked.kind) {
    case 'file':
      return {
        index,
        path,
        size: looked.size,
        note: looked.size === output.size ? undefined : 'changed since the run',
      };
    case 'gone':
      return { index: undefined, path, size: output.size, note: goneNote };
    case 'refused':
      return { index: undefined, path, size: output.size, note: looked.why };
  }
}

/**
 * Looks at an output without following a symbolic link, neither the file itself nor a folder on the way to it. Paths come
 * from records, which others may have written: one that leads out of the folder is refused.
 */
export async function lookAtOutput(folder: string, path: string): Promise<Looked> {
  const names = path.split('/');
  const file = join(folder, ...names);
  // On Windows, a name may hold `\` and with it more than one step.
  const steps = relative(folder, file).split(sep);
  if (steps.join('/') !== path || steps.includes('..') || path.includes('\0')) {
    return { kind: 'refused', why: 'not in the output folder' };
  }
  try {
    for (let count = 1; count < names.length; count++) {
      const stats = await lstat(join(folder, ...names.slice(0, count)));
      if (stats.isSymbolicLink()) return { kind: 'refused', why: 'behind a symbolic link' };
    }
    const stats = await lstat(file);
    if (stats.isSymbolicLink()) return { kind: 'refused', why: 'a symbolic link' };
    return stats.isFile() ? { kind: 'file', file, size: stats.size } : { kind: 'refused', why: 'not a file' };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return { kind: 'gone' };
    return { kind: 'refused', why: 'not readable' };
  }
}

/** Reads the beginning of a CSV or TSV that is an output in the folder. */
export async function readTable(folder: string, path: string): Promise<TableReading> {
  const looked = await lookAtOutput(folder, path);
  if (looked.kind === 'refused') return unreadable(looked.why);
  if (looked.kind === 'gone') return looked;
  let bytes: Buffer;
  try {
    bytes = await readBeginning(looked.file);
  } catch (error) {
    return unreadable(errorCode(error) === 'ELOOP' ? 'a symbolic link' : 'not readable');
  }
  const isCut = bytes.length > mostBytes;
  const content = bytes.subarray(0, mostBytes);
  if (content.includes(0)) return unreadable('binary data, not text');
  const text = decode(content, isCut);
  const delimiter = path.toLowerCase().endsWith('.tsv') ? '\t' : guessDelimiter(text);
  const { records, isOpen } = parseRecords(text, delimiter);
  // What the cut went through says nothing of itself.
  if (isCut) records.pop();
  else if (isOpen) return unreadable('broken: a quote in it is never closed');
  const [first] = records;
  if (first === undefined) return unreadable(isCut ? 'no table: its first row has no end' : 'empty');
  return { kind: 'table', table: tableOf(first, records, !isCut) };
}

/** What is shown of the records. */
function tableOf(first: readonly string[], records: readonly string[][], isWhole: boolean): Table {
  const isHeader = !first.every(isNumber);
  const all = isHeader ? records.slice(1) : records;
  const rows = all.slice(0, limits.rows).map((row) => row.slice(0, limits.columns));
  const columnCount = records.reduce((most, { length }) => Math.max(most, length), 0);
  const columns = Array.from({ length: Math.min(columnCount, limits.columns) }, (_, at) => ({
    name: isHeader ? (first[at] ?? '') : undefined,
    isNumeric: isNumeric(rows.map((row) => row[at] ?? '')),
  }));
  return { columns, rows, rowCount: all.length, columnCount, isWhole };
}

/** Whether a column holds numbers; what is missing does not count. */
function isNumeric(cells: readonly string[]): boolean {
  const present = cells.filter((cell) => !/^\s*(?:-|na|n\/a|none|null)?\s*$/i.test(cell));
  return present.length > 0 && present.every(isNumber);
}

/** Whether a cell holds a number, as programs and people write them. */
function isNumber(cell: string): boolean {
  return /^[+-]?(?:(?=[.,]?\d)(?:\d{1,3}(?:,\d{3})+|\d*)(?:[.,]\d*)?(?:e[+-]?\d+)?\s?%?|inf(?:inity)?|nan)$/i.test(
    cell.trim(),
  );
}

/** Up to one byte more than is used, which tells that there is more. */
async function readBeginning(file: string): Promise<Buffer> {
  // The file may have become a link or a pipe since it was looked at. Windows has neither constant, and undefined counts as 0.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error(`${file} is not a file.`);
    return await fill(handle, Buffer.alloc(mostBytes + 1));
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, buffer: Buffer): Promise<Buffer> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** Spreadsheets still write what is no UTF-8; then it is Latin 1. A byte order mark is left out. */
function decode(bytes: Buffer, isCut: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return bytes.toString('latin1');
  }
}

/**
 * The delimiter that gives most of the first records the same number of cells. Where two do, it is not the comma: that one
 * stands in numbers, too.
 */
function guessDelimiter(text: string): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of ['\t', ';', ',']) {
    const counts = new Map<number, number>();
    for (const { length } of parseRecords(text, delimiter, 20).records) {
      if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
    }
    const score = Math.max(0, ...counts.values());
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Records by RFC 4180, with any line end, and without empty lines. `isOpen` tells that the text ends within quotes. */
function parseRecords(text: string, delimiter: string, most = Infinity): { records: string[][]; isOpen: boolean } {
  const records: string[][] = [];
  const plain = new RegExp(`[^${delimiter}\r\n]*`, 'uy');
  let record: string[] = [];
  let at = 0;
  while (at < text.length && records.length < most) {
    let cell = '';
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return { records: [...records, record], isOpen: true };
      cell = quoted.cell;
      at = quoted.end;
    }
    plain.lastIndex = at;
    const [rest = ''] = plain.exec(text) ?? [];
    record.push(cell + rest);
    at += rest.length;
    if (text[at] === delimiter) {
      at++;
      // A delimiter is followed by one more cell, and be it an empty one.
      if (at < text.length) continue;
      record.push('');
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return { records, isOpen: false };
}

/** The cell that begins with the quote, and where what is behind its last quote begins; undefined where that is missing. */
function readQuoted(text: string, start: number): { cell: string; end: number } | undefined {
  let cell = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return undefined;
    cell += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { cell, end: quote + 1 };
    cell += '"';
    from = quote + 2;
  }
}

function unreadable(why: string): { kind: 'unreadable'; why: string } {
  return { kind: 'unreadable', why };
}
