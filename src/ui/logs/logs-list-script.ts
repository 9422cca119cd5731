/**
 * The part of the page's script that shows lines, as far as they are in view. They are asked for by their numbers; their text is only
 * ever set as text. Each line is as high as a row until it is seen to be higher, with “Wrap” on.
 */
export const listScript = `
const host = acquireVsCodeApi();
const byId = (id) => document.getElementById(id);
const [view, space, rows, empty, query, since] = ['view', 'space', 'rows', 'empty', 'query', 'since'].map(byId);
const saved = host.getState() ?? {};
const settings = { follow: true, times: false, wrap: false, case: false, regex: false, query: '', ...saved };
let log = { generation: -1, first: 0, end: 0, head: '', empty: '' };
let known = new Map();
let asked = new Set();
const elements = new Map();
/* By how much lines are higher than a row, in pixels. */
let extras = new Map();
let rowHeight = 18;
let current = -1;
let expected = 0;
let planned = false;

let remembering;
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => host.setState({ ...settings, top: settings.follow ? undefined : anchor().number }), 200);
}

/* Line numbers, with one in front of the first for what stands above it. */
const begin = () => log.first - (log.head === '' ? 0 : 1);
const count = () => log.end - begin();

let sorted;
function inOrder() {
  return sorted ??= [...extras].sort(([left], [right]) => left - right);
}

function topOf(number) {
  let top = (number - begin()) * rowHeight;
  for (const [at, extra] of inOrder()) {
    if (at >= number) break;
    top += extra;
  }
  return top;
}

function height() { return topOf(log.end); }

function numberAt(top) {
  let above = 0;
  for (const [at, extra] of inOrder()) {
    const start = (at - begin()) * rowHeight + above;
    if (start > top) break;
    if (start + rowHeight + extra > top) return at;
    above += extra;
  }
  const number = begin() + Math.floor((top - above) / rowHeight);
  return Math.max(begin(), Math.min(number, log.end - 1));
}

/* The line at the upper edge, and how much of it is above. */
function anchor() {
  const number = numberAt(view.scrollTop);
  return { number, above: view.scrollTop - topOf(number) };
}

function scrollTo(top) {
  view.scrollTop = top;
  expected = view.scrollTop;
}

function setExtra(number, extra) {
  if ((extras.get(number) ?? 0) === extra) return;
  if (extra === 0) extras.delete(number);
  else extras.set(number, extra);
  sorted = undefined;
}

function forgetExtras(isWanted) {
  extras = new Map([...extras].filter(([number]) => isWanted(number)));
  sorted = undefined;
}

function resize() { space.style.height = height() + 'px'; }

function timeText(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value, length = 2) => String(value).padStart(length, '0');
  return date.getFullYear() + '-' + two(date.getMonth() + 1) + '-' + two(date.getDate()) + ' ' +
    two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds()) + '.' + two(date.getMilliseconds(), 3);
}

function part(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function fill(element, number) {
  const row = number < log.first ? { isError: false, time: '', spans: [{ text: log.head, classes: '' }] } : known.get(number);
  element.classList.toggle('current', number === current);
  if (element.row === row) return;
  element.row = row;
  element.replaceChildren();
  if (row === undefined) return;
  element.classList.toggle('error', row.isError);
  element.classList.toggle('head', number < log.first);
  const mark = part('mark', row.isError ? 'E' : '');
  if (row.isError) {
    mark.title = 'stderr';
    mark.setAttribute('aria-label', 'stderr');
  }
  const time = part('time', timeText(row.time));
  time.title = row.time;
  const text = part('text', '');
  for (const { text: content, classes } of row.spans) text.append(classes === '' ? content : part(classes, content));
  element.append(mark, time);
  if (row.source !== undefined) element.append(part('source source' + row.source.colour, row.source.name));
  element.append(text);
}

function ask(from, end) {
  const block = 100;
  for (let start = Math.floor(from / block) * block; start < end; start += block) {
    const stop = Math.min(start + block, log.end);
    let first = Math.max(start, log.first);
    while (first < stop && known.get(first)?.generation === log.generation) first++;
    const key = first + '-' + stop;
    if (first >= stop || asked.has(key)) continue;
    asked.add(key);
    host.postMessage({ type: 'range', from: first, end: stop });
  }
}

/* Lays out what is in view; with lines of unknown height twice, for they are measured when they are there. */
function show(isAgain = false) {
  resize();
  if (settings.follow) scrollTo(view.scrollHeight);
  const at = anchor();
  const room = view.clientHeight;
  const from = Math.max(begin(), at.number - (settings.wrap ? 0 : 10));
  let end = from;
  if (count() > 0) end = Math.min(log.end, numberAt(view.scrollTop + room) + (settings.wrap ? 1 : 10));
  for (const [number, element] of elements) {
    if (number >= from && number < end) continue;
    element.remove();
    elements.delete(number);
  }
  let next = rows.firstChild;
  for (let number = from; number < end; number++) {
    let element = elements.get(number);
    if (element === undefined) {
      element = document.createElement('div');
      element.className = 'row';
      elements.set(number, element);
    }
    fill(element, number);
    if (element === next) next = next.nextSibling;
    else rows.insertBefore(element, next);
  }
  rows.style.top = topOf(from) + 'px';
  ask(Math.max(from, log.first), end);
  empty.hidden = count() > 0 || log.empty === '';
  empty.textContent = log.empty;
  if (!settings.wrap || isAgain) return;
  if (extras.size > 20000) forgetExtras((number) => number >= from - 1000 && number < end + 1000);
  let isChanged = false;
  for (const [number, element] of elements) {
    const extra = Math.max(0, Math.round((element.getBoundingClientRect().height - rowHeight) * 8) / 8);
    if (element.row === undefined || (extras.get(number) ?? 0) === extra) continue;
    setExtra(number, extra);
    isChanged = true;
  }
  if (!isChanged) return;
  resize();
  if (!settings.follow) scrollTo(topOf(at.number) + at.above);
  show(true);
}

function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    show();
  });
}
`;
