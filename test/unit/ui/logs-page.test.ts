import assert from 'node:assert/strict';
import { Script } from 'node:vm';
import { type LogLine } from '../../../src/engine/log-lines.js';
import { type LogState } from '../../../src/engine/log-follower.js';
import { Failure } from '../../../src/host/failure.js';
import { LogBuffer } from '../../../src/ui/logs/log-buffer.js';
import { countText, emptyText, headText, pageRequest, stateText } from '../../../src/ui/logs/log-messages.js';
import { rowsOf, textOf } from '../../../src/ui/logs/log-rows.js';
import { LogSearch } from '../../../src/ui/logs/log-search.js';
import { plainText, type Span, spansOf, withMatches } from '../../../src/ui/logs/log-text.js';
import { logsHtml } from '../../../src/ui/logs/logs-page.js';
import * as v from 'valibot';

const escape = '\u001b';

function line(text: string, stream: LogLine['stream'] = 'stdout'): LogLine {
  return { stream, time: '2026-11-26T08:30:00.000000001Z', text };
}

function bufferOf(...texts: string[]): LogBuffer {
  const buffer = new LogBuffer();
  buffer.append(texts.map((text) => line(text)));
  return buffer;
}

/** `[text|classes]` of each piece. */
function short(spans: readonly Span[]): string {
  return spans.map(({ text, classes }) => `[${text}|${classes}]`).join('');
}

function searchFor(text: string, options: { isRegex?: boolean; isCaseSensitive?: boolean } = {}): LogSearch {
  return new LogSearch({ text, isRegex: false, isCaseSensitive: false, ...options }, 100);
}

describe('the text of a log', () => {
  it('is shown with its colours', () => {
    const shown: [string, string][] = [
      ['plain', '[plain|]'],
      ['', ''],
      [`${escape}[31mred${escape}[0m plain`, '[red|fg1][ plain|]'],
      [`${escape}[1;4;92;43mall${escape}[22;24;39;49mnone`, '[all|bold underline fg10 bg3][none|]'],
      [`${escape}[2m${escape}[1ma${escape}[mb`, '[a|dim bold][b|]'],
      [
        `${escape}[3;7;9ma${escape}[23mb${escape}[27mc${escape}[29md`,
        '[a|italic inverse strike][b|inverse strike][c|strike][d|]',
      ],
      [`${escape}[38;5;9ma${escape}[48;5;196mb${escape}[38;5;244mc`, '[a|fg9][b|fg9 bg9][c|fg7 bg9]'],
      [`${escape}[38;2;0;120;0ma${escape}[38:2:250:250:250mb`, '[a|fg2][b|fg15]'],
      [`a${escape}[31m${escape}[39mb`, '[ab|]'],
    ];
    for (const [text, wanted] of shown) assert.equal(short(spansOf(text)), wanted, JSON.stringify(text));
  });

  it('is free of all other escapes and controls', () => {
    const odd = [
      `a${escape}[2Kb`,
      `a${escape}[?25lb`,
      `a${escape}]0;title\u0007b`,
      `a${escape}]8;;http://x${escape}\\b`,
      `a${escape}(Bb`,
      `a${escape}7b`,
      `a\u0000\u0007\u0008b`,
      `a\u009bb`,
      `a${escape}`.replace('a', 'ab'),
      `ab${escape}]0;never ended`,
    ];
    for (const text of odd) {
      assert.equal(plainText(text), 'ab', JSON.stringify(text));
      assert.equal(short(spansOf(text)), '[ab|]', JSON.stringify(text));
    }
    assert.equal(plainText('a\tb'), 'a\tb');
  });

  it('that was written over is the last one', () => {
    assert.equal(plainText(' 10%\r 50%\r100%'), '100%');
    assert.equal(plainText('done\r\r'), 'done');
    assert.equal(short(spansOf(`1${escape}[31m\r2`)), '[2|]');
  });

  it('has the same length in pieces as it is searched in', () => {
    for (const text of [`${escape}[31ma${escape}[0mb\u0000c`, 'x\ry', 'ä€🙂', `a\t${escape}[Kb`]) {
      const spans = spansOf(text);
      assert.equal(spans.map((span) => span.text).join(''), plainText(text));
    }
  });

  it('has matches marked across its pieces', () => {
    const spans = spansOf(`ab${escape}[31mcd${escape}[0mef`);
    assert.equal(short(withMatches(spans, [])), '[ab|][cd|fg1][ef|]');
    assert.equal(short(withMatches(spans, [[1, 5]])), '[a|][b|match][cd|fg1 match][e|match][f|]');
    const two = withMatches(spans, [
      [0, 1],
      [3, 4],
    ]);
    assert.equal(short(two), '[a|match][b|][c|fg1][d|fg1 match][ef|]');
  });
});

describe('the search in a log', () => {
  it('finds lines with and without case, as text and as an expression', () => {
    const buffer = bufferOf('One', 'two', 'a.b', 'axb', `${escape}[31mo${escape}[0mne`);
    const count = (search: LogSearch): number => {
      assert.equal(search.search(buffer), false);
      return search.count;
    };
    assert.equal(count(searchFor('one')), 2);
    assert.equal(count(searchFor('one', { isCaseSensitive: true })), 1);
    assert.equal(count(searchFor('a.b')), 1);
    assert.equal(count(searchFor('a.b', { isRegex: true })), 2);
    assert.equal(count(searchFor('[31m')), 0);
    assert.equal(count(searchFor('z*', { isRegex: true })), 0);
    for (const text of ['\\', '(', '[', '{1}', '^$', 'a-b', '/']) {
      assert.equal(searchFor(text).problem, undefined, text);
      const search = searchFor(text);
      search.search(bufferOf(`x${text}x`));
      assert.equal(search.count, 1, text);
    }
  });

  it('steps from match to match, and around', () => {
    const buffer = bufferOf('x', '-', 'x', '-', 'x');
    const search = searchFor('x');
    search.search(buffer);
    const steps = [-1, 0, 1, 4].map((from) => search.step(from, 1)?.number);
    assert.deepEqual(steps, [0, 2, 2, 0]);
    assert.deepEqual(
      [5, 4, 1, 0].map((from) => search.step(from, -1)?.number),
      [4, 2, 0, 4],
    );
    assert.equal(search.step(0, 1)?.ordinal, 2);
    assert.equal(searchFor('y').step(0, 1), undefined);
  });

  it('goes on with lines that come, and forgets those that are dropped', () => {
    const buffer = new LogBuffer({ lines: 3, bytes: 1e6 });
    const search = searchFor('x');
    buffer.append([line('x'), line('-')]);
    search.search(buffer);
    assert.equal(search.count, 1);
    buffer.append([line('x'), line('x')]);
    search.search(buffer);
    assert.deepEqual([search.count, search.step(-1, 1)?.number], [2, 2]);
    buffer.clear();
    buffer.append([line('-'), line('x')]);
    search.search(buffer);
    assert.deepEqual([search.count, search.step(-1, 1)?.number], [1, buffer.first + 1]);
  });

  it('says what is wrong with an expression', () => {
    const search = searchFor('(', { isRegex: true });
    assert.match(search.problem ?? '', /regular expression/);
    assert.equal(search.search(bufferOf('(')), false);
    assert.deepEqual(search.ranges(['(']), []);
  });

  it('gives up an expression that takes for ever', () => {
    const search = new LogSearch({ text: '(a+)+$', isRegex: true, isCaseSensitive: true }, 30);
    assert.equal(search.search(bufferOf(`${'a'.repeat(60)}b`)), false);
    assert.match(search.problem ?? '', /too long/);
  });
});

describe('the page with a log', () => {
  it('takes the name of a container for nothing but text', () => {
    const html = logsHtml({ name: '</title><script>alert(1)</script>"\u202e\n', nonce: '0123' });
    assert.doesNotMatch(html, /<script>|<\/title><|\u202e/);
    assert.match(html, /Logs: &#60;\/title&#62;&#60;script&#62;alert\(1\)/);
  });

  it('allows its own style and script and nothing else', () => {
    const html = logsHtml({ name: 'x', nonce: '0123' });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; style-src 'nonce-0123'; script-src 'nonce-0123'; base-uri 'none'; form-action 'none'",
    );
    assert.equal(
      html.match(/<(?:script|style)\b[^>]*>/g)?.every((tag) => tag.includes(' nonce="0123"')),
      true,
    );
    assert.doesNotMatch(html, /\s(?:style|on\w+)="|innerHTML|insertAdjacentHTML|document\.write|https?:/);
  });

  it('has a script that can be read, and ends where it should', () => {
    const html = logsHtml({ name: 'x', nonce: '0123' });
    const source = /<script nonce="0123">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    assert.ok(source.includes('acquireVsCodeApi'));
    assert.ok(source.trim().endsWith('find();'));
    new Script(source);
    // What the script looks for is there.
    for (const [, id] of source.matchAll(/byId\('(\w+)'\)/g)) assert.ok(html.includes(`id="${id ?? ''}"`), id);
  });

  it('names all that can be pressed or typed into', () => {
    const html = logsHtml({ name: 'x', nonce: '0123' });
    for (const [tag, text = ''] of html.matchAll(/<button [^>]*>([^<]*)</g)) {
      assert.ok(/aria-label="/.test(tag) || /^[A-Z][a-z]{2}/.test(text), tag);
    }
    assert.match(html, /<input [^>]*aria-label="/);
    assert.match(html, /<main [^>]*role="log"[^>]*aria-label="[^>]*tabindex="0"/);
    assert.match(html, /<footer [^>]*role="status"/);
  });

  it('is given what is in the log as pieces of text', () => {
    const rows = rowsOf([line(`<b>${escape}[31mred`, 'stderr'), { ...line('x'), time: undefined }], searchFor('red'));
    assert.deepEqual(rows, [
      {
        isError: true,
        time: '2026-11-26T08:30:00.000000001Z',
        spans: [
          { text: '<b>', classes: '' },
          { text: 'red', classes: 'fg1 match' },
        ],
      },
      { isError: false, time: '', spans: [{ text: 'x', classes: '' }] },
    ]);
  });

  it('asks for what it may ask for', () => {
    const isAllowed = (message: unknown): boolean => v.safeParse(pageRequest, message).success;
    assert.ok(isAllowed({ type: 'range', from: 0, end: 100 }));
    assert.ok(isAllowed({ type: 'since', period: 'hour' }));
    assert.ok(!isAllowed({ type: 'range', from: -1, end: 100 }));
    assert.ok(!isAllowed({ type: 'range', from: 0.5, end: Infinity }));
    assert.ok(!isAllowed({ type: 'since', period: 'ever' }));
    assert.ok(!isAllowed({ type: 'save', times: true, file: '/etc/passwd' }));
    assert.ok(!isAllowed({ type: 'run' }));
    assert.ok(!isAllowed(undefined));
  });

  it('says what becomes of the log', () => {
    const failure = new Failure('engine-lost', 'The connection was lost.', 'Start it.');
    const states: LogState[] = [
      { kind: 'connecting' },
      { kind: 'following' },
      { kind: 'not-started' },
      { kind: 'ended', exitCode: 3 },
      { kind: 'engine-lost', failure },
      { kind: 'removed' },
      { kind: 'failed', failure },
    ];
    const texts = states.map(stateText);
    assert.equal(new Set(texts).size, states.length);
    assert.match(texts[3] ?? '', /^Stopped with exit code 3\./);
    assert.match(texts[4] ?? '', /The connection was lost\.$/);
    const following: LogState = { kind: 'following' };
    assert.equal(emptyText(following, 'all', false), 'This container has not printed anything yet.');
    assert.equal(emptyText(following, 'hour', false), 'Nothing was printed in this time.');
    assert.match(emptyText(following, 'all', true), /cleared/);
    assert.equal(emptyText({ kind: 'connecting' }, 'all', false), '');
  });

  it('says how much there is that is not shown', () => {
    assert.equal(headText(800_000, 1_000_000, 200_000), '800,000 earlier lines were dropped.');
    assert.equal(headText(1, 11, 10), '1 earlier line was dropped.');
    assert.equal(headText(0, 200_000, 200_000), 'Lines before the last 200,000 were not read.');
    assert.equal(headText(0, 199_999, 200_000), '');
    assert.deepEqual([countText(0), countText(1), countText(1200, 3)], ['No results', '1 line', '3 of 1,200 lines']);
  });
});

describe('a saved log', () => {
  it('is what is shown, with times where they are wanted', () => {
    const buffer = bufferOf(`${escape}[31mred`, '', ' 50%\r100%');
    assert.equal([...textOf(buffer, false)].join(''), 'red\n\n100%\n');
    assert.match([...textOf(buffer, true)].join(''), /^2026-11-26T08:30:00\.000000001Z red\n/);
    const many = new LogBuffer();
    many.append(Array.from({ length: 2500 }, (_, at) => line(String(at))));
    const pieces = textOf(many, false);
    const first = pieces.next();
    many.clear();
    const text = (first.done === true ? '' : first.value) + [...pieces].join('');
    assert.equal(text, Array.from({ length: 2500 }, (_, at) => `${at}\n`).join(''));
  });
});
