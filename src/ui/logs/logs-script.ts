import { listScript } from './logs-list-script.js';

/** The script of the page with a log: what its controls do, and what the extension tells it. */
export const script = `${listScript}
function press(id, isPressed) {
  settings[id] = isPressed;
  byId(id).setAttribute('aria-pressed', String(isPressed));
}

function follow(isWanted) {
  if (settings.follow !== isWanted) press('follow', isWanted);
  remember();
}

function measure() {
  const probe = document.createElement('div');
  probe.className = 'row';
  probe.append(part('text', 'X'));
  rows.append(probe);
  const measured = probe.getBoundingClientRect().height;
  probe.remove();
  if (measured > 0) rowHeight = measured;
}

/* Widths have changed: what was measured is no longer true. */
function layAnew() {
  const at = anchor();
  forgetExtras(() => false);
  measure();
  resize();
  if (!settings.follow) scrollTo(topOf(at.number));
  plan();
}

function applySettings() {
  for (const id of ['follow', 'times', 'wrap', 'case', 'regex']) press(id, settings[id]);
  document.body.classList.toggle('times', settings.times);
  document.body.classList.toggle('wrap', settings.wrap);
}

function find() {
  settings.query = query.value;
  current = -1;
  remember();
  host.postMessage({ type: 'find', text: query.value, isRegex: settings.regex, isCaseSensitive: settings.case });
}

function step(direction) {
  if (query.value === '') return;
  const from = current >= 0 ? current : direction === 1 ? anchor().number - 1 : log.end;
  host.postMessage({ type: 'step', from, direction });
}

function takeLog(message) {
  const at = anchor();
  const isOther = message.first > log.end || message.end < log.end || message.first < log.first;
  if (isOther || message.generation !== log.generation) asked = new Set();
  if (isOther) {
    known = new Map();
    forgetExtras(() => false);
    for (const element of elements.values()) element.remove();
    elements.clear();
  }
  const wasAtTop = log.generation === -1;
  log = message;
  if (current < log.first) current = -1;
  if (extras.size > 0 && !isOther) forgetExtras((number) => number >= log.first);
  resize();
  if (wasAtTop && saved.top !== undefined && !settings.follow) scrollTo(topOf(Math.max(saved.top, begin())));
  else if (!settings.follow) scrollTo(topOf(Math.max(at.number, begin())) + (at.number < begin() ? 0 : at.above));
  if (since.value !== message.period) since.value = message.period;
  const footer = byId('state');
  if (footer.textContent !== message.state.text) footer.textContent = message.state.text;
  footer.className = message.state.kind;
  if (message.found !== undefined && (current < 0 || message.found.isProblem)) {
    byId('count').textContent = message.found.text;
    byId('count').classList.toggle('problem', message.found.isProblem);
  } else if (message.found === undefined) byId('count').textContent = '';
  plan();
}

function takeRows(message) {
  message.rows.forEach((row, at) => known.set(message.from + at, { ...row, generation: message.generation }));
  if (known.size > 5000) {
    const { number } = anchor();
    known = new Map([...known].filter(([at]) => Math.abs(at - number) < 1000));
    asked = new Set();
  }
  plan();
}

function takeFound({ number, text }) {
  current = number;
  follow(false);
  byId('count').textContent = text;
  const top = topOf(number);
  if (top < view.scrollTop || top + rowHeight > view.scrollTop + view.clientHeight) {
    scrollTo(Math.max(0, top - view.clientHeight / 2));
  }
  show();
  elements.get(number)?.querySelector('.match')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  expected = view.scrollTop;
}

addEventListener('message', ({ data }) => {
  if (data.type === 'log') takeLog(data);
  else if (data.type === 'rows') takeRows(data);
  else if (data.type === 'found') takeFound(data);
});

view.addEventListener('scroll', () => {
  if (Math.abs(view.scrollTop - expected) >= 1) {
    expected = view.scrollTop;
    follow(view.scrollTop + view.clientHeight >= view.scrollHeight - 2);
  }
  plan();
});
new ResizeObserver(layAnew).observe(view);

byId('follow').addEventListener('click', () => {
  follow(!settings.follow);
  plan();
});
for (const id of ['times', 'wrap']) {
  byId(id).addEventListener('click', () => {
    settings[id] = !settings[id];
    applySettings();
    remember();
    layAnew();
  });
}
for (const id of ['case', 'regex']) {
  byId(id).addEventListener('click', () => {
    press(id, !settings[id]);
    find();
  });
}
since.addEventListener('change', () => host.postMessage({ type: 'since', period: since.value }));
byId('clear').addEventListener('click', () => host.postMessage({ type: 'clear' }));
byId('save').addEventListener('click', () => host.postMessage({ type: 'save', times: settings.times }));
byId('copy').addEventListener('click', () => {
  if (getSelection().isCollapsed) host.postMessage({ type: 'copy', times: settings.times });
  else document.execCommand('copy');
});
byId('next').addEventListener('click', () => step(1));
byId('previous').addEventListener('click', () => step(-1));

let typing;
query.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(find, 150);
});
query.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') {
    if (query.value !== settings.query) {
      clearTimeout(typing);
      find();
    }
    step(event.shiftKey ? -1 : 1);
  } else if (event.key === 'Escape') {
    clearTimeout(typing);
    query.value = '';
    find();
    view.focus();
    plan();
  } else return;
  event.preventDefault();
});
addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f') {
    event.preventDefault();
    event.stopPropagation();
    query.focus();
    query.select();
  }
}, true);

applySettings();
measure();
query.value = settings.query;
host.postMessage({ type: 'ready' });
if (settings.query !== '') find();
`;
