import { formatSize } from '../../../host/quantities.js';
import { type OutputFile } from '../../../run/record.js';
import { oneLine } from '../../plain-text.js';

/** How much is shown; the rest is counted. */
export const limits = { pictures: 200, tables: 20, others: 500, rows: 50, columns: 20, cell: 200 };

/** What is said of one file. */
export interface Entry {
  /** In the list of outputs, for the file to be opened by; undefined where there is nothing to open. */
  index: number | undefined;
  path: string;
  /** Bytes. */
  size: number | undefined;
  /** Completes “it is …”, but for links and folders. */
  note: string | undefined;
}

/** The beginning of a table. */
export interface Table {
  /** A column has no name where the first row already holds numbers only. */
  columns: readonly { name: string | undefined; isNumeric: boolean }[];
  rows: readonly (readonly string[])[];
  /** How many there are as far as the file was read. */
  rowCount: number;
  columnCount: number;
  /** Whether the file was read to its end. */
  isWhole: boolean;
}

export type Picture = Entry & { source: string };
export type TableEntry = Entry & { table: Table };

/** What a gallery shows of one run. */
export interface Gallery {
  pictures: readonly Picture[];
  tables: readonly TableEntry[];
  others: readonly Entry[];
  /** How many there are beyond the limits. */
  hidden: { pictures: number; tables: number; others: number };
}

/** What a page needs besides the gallery. */
export interface Page {
  title: string;
  /** Absolute path of the output folder. */
  folder: string;
  nonce: string;
  /** What the webview's own sources are called in a content security policy. */
  cspSource: string;
}

/** The note of a file that was removed after the run. */
export const goneNote = 'no longer there';

/** What an output is by its name. A link is never followed, and so is neither picture nor table. */
export function kindOf(output: OutputFile): 'picture' | 'table' | 'other' {
  if ('link' in output) return 'other';
  if (/\.(?:png|jpe?g|gif|webp|svg|bmp|avif)$/i.test(output.path)) return 'picture';
  return /\.[ct]sv$/i.test(output.path) ? 'table' : 'other';
}

/** The gallery as a page of a webview. */
export function galleryHtml({ pictures, tables, others, hidden }: Gallery, page: Page): string {
  const counts = {
    pictures: pictures.length + hidden.pictures,
    tables: tables.length + hidden.tables,
    others: others.length + hidden.others,
  };
  const policy =
    `default-src 'none'; img-src ${page.cspSource}; style-src 'nonce-${page.nonce}'; ` +
    `script-src 'nonce-${page.nonce}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Results: ${page.title}</title>
<style nonce="${page.nonce}">${style}</style>
<script nonce="${page.nonce}">${script}</script>
</head>
<body>
<main>
<header>
<div><h1>${page.title}</h1><p class="muted path">${page.folder}</p></div>
<button class="action" data-open="folder">Open Folder</button>
</header>
${emptyState(counts, others)}
${section('Pictures', counts.pictures, 'pictures', hidden.pictures, [
  markup`<ul role="list" class="grid${pictures.length < 3 ? ' few' : ''}">${pictures.map(tile)}</ul>`,
])}
${section('Tables', counts.tables, 'tables', hidden.tables, tables.map(tableView))}
${section('Other files', counts.others, 'files', hidden.others, [
  markup`<ul role="list" class="files">${others.map(line)}</ul>`,
])}
</main>
</body>
</html>
`.text;
}

function emptyState(counts: Record<keyof Gallery['hidden'], number>, others: readonly Entry[]): Markup[] {
  if (counts.pictures + counts.tables > 0) return [];
  const count = counts.others;
  if (count === 0) return [markup`<p class="empty">This run left no files.</p>`];
  if (others.length === count && others.every(({ note }) => note === goneNote)) {
    const files = count === 1 ? 'The file of this run is' : `The ${number(count)} files of this run are`;
    return [markup`<p class="empty">${files} no longer there.</p>`];
  }
  if (count === 1) return [markup`<p class="empty">The one file that this run left is no picture and no table.</p>`];
  return [markup`<p class="empty">No pictures or tables among the ${number(count)} files.</p>`];
}

function section(heading: string, count: number, what: string, hidden: number, content: readonly Markup[]): Markup[] {
  if (count === 0) return [];
  const more = markup`<p>… and ${number(hidden)} more ${hidden === 1 ? what.replace(/s$/, '') : what}:
<button class="link" data-open="folder">open the folder</button></p>`;
  return [
    markup`<section aria-labelledby="${what}">
<h2 id="${what}">${heading} <span class="muted">${number(count)}</span></h2>
${content}${hidden === 0 ? [] : more}
</section>`,
  ];
}

function tile(entry: Picture): Markup {
  const { path, size, index, source } = entry;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const about = [formatSize(size ?? 0), path.slice(0, -name.length - 1)].filter((part) => part !== '').join(' · ');
  return markup`<li><button class="tile" data-open="${index ?? ''}" title="${path}" aria-label="Open ${labelOf(entry)}">
<span class="frame"><img src="${source}" alt="${name}" loading="lazy" decoding="async"></span>
<span class="caption"><span class="path">${name}</span><span class="muted path">${about}</span>${noteOf(entry)}</span>
</button></li>
`;
}

function tableView({ table, ...entry }: TableEntry): Markup {
  const classOf = (at: number): string => (table.columns[at]?.isNumeric === true ? 'number' : 'text');
  const head = table.columns.map(({ name }, at) =>
    name === undefined
      ? markup`<th scope="col" class="${classOf(at)} muted">${at + 1}</th>`
      : markup`<th scope="col" class="${classOf(at)}">${shortened(name)}</th>`,
  );
  const body = table.rows.map((row) => {
    const cells = table.columns.map((_, at) => {
      const text = shortened(row[at] ?? '');
      const title = text.length < 30 ? [] : markup` title="${text}"`;
      return markup`<td class="${classOf(at)}"${title}>${text}</td>`;
    });
    return markup`<tr>${cells}</tr>\n`;
  });
  return markup`<article>
<h3>${opener(entry)} <span class="muted">${formatSize(entry.size ?? 0)} · ${extentOf(table)}</span> ${noteOf(entry)}</h3>
<div class="scroll" role="region" tabindex="0" aria-label="Table ${entry.path}"><table>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody>
</table></div>
</article>
`;
}

/** How much of a table is shown: `50 of 1,234 rows shown`. */
function extentOf({ columns, rows, rowCount, columnCount, isWhole }: Table): string {
  const total = `${isWhole ? '' : 'more than '}${number(rowCount)} row${rowCount === 1 ? '' : 's'}`;
  const extent = isWhole && rows.length === rowCount ? total : `${rows.length} of ${total} shown`;
  return columns.length === columnCount ? extent : `${extent}, ${columns.length} of ${number(columnCount)} columns`;
}

function shortened(cell: string): string {
  const beginning = Array.from(cell.slice(0, 2 * limits.cell))
    .slice(0, limits.cell)
    .join('');
  return beginning === cell ? cell : `${beginning}…`;
}

function line(entry: Entry): Markup {
  const size = entry.size === undefined ? [] : [markup`<span class="size muted">${formatSize(entry.size)}</span>`];
  return markup`<li>${opener(entry)}${noteOf(entry)}${size}</li>`;
}

function opener(entry: Entry): Markup {
  const { index, path } = entry;
  if (index === undefined) return markup`<span class="path">${path}</span>`;
  return markup`<button class="link path" data-open="${index}" aria-label="Open ${labelOf(entry)}">${path}</button>`;
}

function labelOf({ path, size, note }: Entry): string {
  return [path, ...(size === undefined ? [] : [formatSize(size)]), ...(note === undefined ? [] : [note])].join(', ');
}

/** That a link is one is no warning. */
function noteOf({ note, size }: Entry): Markup[] {
  return note === undefined ? [] : [markup`<span class="${size === undefined ? 'muted' : 'note'}">${note}</span>`];
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Text that is markup already. */
class Markup {
  constructor(readonly text: string) {}
}

/** Markup with everything that is put into it escaped, but for other markup. */
function markup(parts: TemplateStringsArray, ...values: (string | number | Markup | readonly Markup[])[]): Markup {
  const escaped = values.map((value) => {
    if (value instanceof Markup) return value.text;
    if (typeof value === 'object') return value.map(({ text }) => text).join('');
    return oneLine(String(value)).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
  });
  return new Markup(String.raw({ raw: parts }, ...escaped));
}

const script = new Markup(`
const host = acquireVsCodeApi();
addEventListener('click', ({ target }) => {
  const open = target.closest('[data-open]')?.dataset.open;
  if (open === undefined) return;
  host.setState({ open });
  host.postMessage({ open: open === 'folder' ? open : Number(open) });
});
addEventListener('keydown', (event) => {
  const tiles = [...document.querySelectorAll('.tile')];
  const at = tiles.indexOf(document.activeElement);
  if (at === -1 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const top = (tile) => tile.getBoundingClientRect().top;
  const row = tiles.filter((tile) => top(tile) === top(tiles[0])).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
  if (step === undefined || tiles[at + step] === undefined) return;
  event.preventDefault();
  tiles[at + step].focus();
});
// Who comes back from a file goes on where it was opened.
addEventListener('focus', () => {
  const open = host.getState()?.open;
  if (open === undefined || document.activeElement !== document.body) return;
  document.querySelector('[data-open="' + CSS.escape(open) + '"]')?.focus();
}, { once: true });
addEventListener('error', ({ target }) => target.closest?.('.tile')?.classList.add('broken'), true);
`);

const style = new Markup(`
body { margin: 0; padding: 20px clamp(12px, 3vw, 32px) 40px; line-height: 1.45;
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size, 13px);
  color: var(--vscode-foreground); background: var(--vscode-editor-background);
  --line: var(--vscode-contrastBorder, var(--vscode-panel-border)); }
h1, h2, h3, p { margin: 0; font-size: inherit; font-weight: normal; }
h1 { font-size: 1.5em; font-weight: 600; overflow-wrap: anywhere; unicode-bidi: isolate; }
h2 { font-size: 1.15em; font-weight: 600; margin: 28px 0 10px; }
h3 { margin: 22px 0 6px; }
h2 + article h3 { margin-top: 0; }
header { display: flex; flex-wrap: wrap; gap: 8px 24px; justify-content: space-between; align-items: start; }
header div { flex: 1 1 14em; min-width: 0; }
ul { list-style: none; margin: 0; padding: 0; }
section p, .empty { margin-top: 10px; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; text-align: start; cursor: pointer; }
:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
.muted { color: var(--vscode-descriptionForeground); font-weight: normal; }
.path { overflow-wrap: anywhere; unicode-bidi: isolate; }
.note::before { content: '⚠\\fe0e\\00a0' / ''; color: var(--vscode-editorWarning-foreground); }
.link { color: var(--vscode-textLink-foreground); border-radius: 2px; }
.link:hover { color: var(--vscode-textLink-activeForeground); text-decoration: underline; }
.action { padding: 4px 12px; border: 1px solid var(--vscode-button-border, var(--line)); border-radius: 2px;
  color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
.action:hover { background: var(--vscode-button-secondaryHoverBackground); }
.grid { display: grid; gap: 14px; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); }
.grid.few { grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); }
.tile { display: flex; flex-direction: column; width: 100%; height: 100%; overflow: hidden;
  border: 1px solid var(--line); border-radius: 4px; }
.tile:hover { border-color: var(--vscode-focusBorder); background: var(--vscode-list-hoverBackground); }
.frame { display: flex; align-items: center; justify-content: center; aspect-ratio: 4 / 3;
  position: relative; border-bottom: 1px solid var(--line); }
/* Plots with a transparent ground are drawn for paper. */
.frame img { position: absolute; inset: 8px; margin: auto; max-width: calc(100% - 16px); max-height: calc(100% - 16px);
  background: #fff; }
.broken img { display: none; }
.broken .frame::after { content: 'This picture cannot be shown.'; color: var(--vscode-descriptionForeground); }
.caption { display: flex; flex-direction: column; padding: 6px 10px 8px; }
.scroll { overflow: auto; width: fit-content; max-width: 100%; box-sizing: border-box; max-height: min(70vh, 420px); border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: separate; border-spacing: 0; }
th, td { padding: 3px 10px; text-align: start; white-space: nowrap; max-width: 24em; overflow: hidden;
  text-overflow: ellipsis; unicode-bidi: isolate; }
th { position: sticky; top: 0; font-weight: 600; background: var(--vscode-editor-background);
  border-bottom: 1px solid var(--line); }
tbody tr:hover { background: var(--vscode-list-hoverBackground); }
.number { text-align: end; font-variant-numeric: tabular-nums; }
.files { max-width: 760px; }
.files li { display: flex; flex-wrap: wrap; gap: 2px 12px; padding: 3px 0; }
.files .size { margin-inline-start: auto; }
`);
