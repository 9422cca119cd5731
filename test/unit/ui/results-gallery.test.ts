import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type OutputFile } from '../../../src/run/record.js';
import { galleryHtml, kindOf, limits, type Gallery, type Table } from '../../../src/ui/runs/gallery/gallery-content.js';
import { lookAtOutput, mostBytes, prepareGallery, readTable } from '../../../src/ui/runs/gallery/read-table.js';

const nonce = '0123456789abcdef';
const none: Gallery = { pictures: [], tables: [], others: [], hidden: { pictures: 0, tables: 0, others: 0 } };

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gallery-'));
  folder = join(root, 'results');
  await mkdir(folder);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function write(path: string, content: string | Buffer): Promise<OutputFile> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  return { path, size: Buffer.byteLength(content) };
}

async function tableOf(content: string | Buffer, path = 'table.csv'): Promise<Table> {
  await write(path, content);
  const reading = await readTable(folder, path);
  assert.equal(reading.kind, 'table', JSON.stringify(reading));
  return reading.table;
}

function names({ columns }: Table): (string | undefined)[] {
  return columns.map(({ name }) => name);
}

function prepare(outputs: readonly OutputFile[]): Promise<Gallery> {
  return prepareGallery(folder, outputs, (file) => `local:${encodeURI(file.slice(folder.length + 1))}`);
}

function page(gallery: Gallery): string {
  return galleryHtml(gallery, {
    title: 'python train.py',
    folder,
    nonce,
    cspSource: "'self' https://*.vscode-cdn.net",
  });
}

/** All tags of the page's body as a browser finds them, with the values of their attributes left out. */
function tagsOf(html: string): string[] {
  const tags = html.slice(html.indexOf('<body>')).match(/<[a-z!][^>]*>/giu) ?? [];
  return tags.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
}

describe('a table of results', () => {
  it('is read as RFC 4180 says it', async () => {
    const table = await tableOf('\uFEFFa,"b ""quoted""",c\r\n1,"two\r\nlines, one cell",\r\n\r\n3,x"y,"z" \r\n');
    assert.deepEqual(names(table), ['a', 'b "quoted"', 'c']);
    assert.deepEqual(table.rows, [
      ['1', 'two\r\nlines, one cell', ''],
      ['3', 'x"y', 'z '],
    ]);
    assert.deepEqual([table.rowCount, table.columnCount, table.isWhole], [2, 3, true]);
  });

  it('ends with or without a line end, and each line as it likes', async () => {
    for (const content of ['a,b\n1,\n', 'a,b\n1,', 'a,b\r1,\r', 'a,b\r\n1,""']) {
      assert.deepEqual((await tableOf(content)).rows, [['1', '']], JSON.stringify(content));
    }
  });

  it('has its delimiter guessed, whatever is in numbers and texts', async () => {
    const delimited: [string, string[]][] = [
      ['a,b\n1,2\n', ['a', 'b']],
      ['a;b\n1,5;2,5\n1,0;3,0\n', ['a', 'b']],
      ['1,5;2,5;3,5\n1,5;2,5;3,5\n', ['1,5', '2,5', '3,5']],
      ['a\tb, c\n1\tx, y\n', ['a', 'b, c']],
      ['id,labels\n1,cat;dog\n2,dog;cat\n', ['id', 'labels']],
      ['one\n1\n2\n', ['one']],
    ];
    for (const [content, first] of delimited) {
      const table = await tableOf(content);
      assert.deepEqual(table.columns[0]?.name === undefined ? table.rows[0] : names(table), first, content);
    }
    assert.deepEqual(names(await tableOf('a;b,c\td\n1\t2\n', 'TABLE.TSV')), ['a;b,c', 'd']);
  });

  it('has names of columns only where its first row is no data', async () => {
    const table = await tableOf('1.0,2e-5,-3\nnan,.5,+1\n');
    assert.deepEqual([names(table), table.rowCount], [[undefined, undefined, undefined], 2]);
    assert.deepEqual(names(await tableOf(',0,1\na,1,2\n')), ['', '0', '1']);
  });

  it('tells columns of numbers from texts', async () => {
    const table = await tableOf(
      'n,missing,percent,grouped,version,empty,mixed\n1,NA,5 %,"1,234.5",1.2.3,,1\n-2e3,7,10%,1,1.3.0,,x\n',
    );
    assert.deepEqual(
      table.columns.filter(({ isNumeric }) => isNumeric).map(({ name }) => name),
      ['n', 'missing', 'percent', 'grouped'],
    );
  });

  it('is read in its first 256 KiB only, and then without the row that was cut', async () => {
    const line = 'ä,"some text, quoted",12345\n';
    await write('huge.csv', 'x,y,z\n' + line.repeat(20_000));
    await truncate(join(folder, 'huge.csv'), 3 * 1024 ** 3);
    const reading = await readTable(folder, 'huge.csv');
    assert.ok(reading.kind === 'table');
    const { table } = reading;
    assert.deepEqual([table.isWhole, table.rows.length], [false, limits.rows]);
    assert.equal(table.rowCount, Math.floor((mostBytes - 6) / Buffer.byteLength(line)));
    assert.deepEqual(table.rows.at(-1), ['ä', 'some text, quoted', '12345']);
  });

  it('that is one endless row or cell is no table', async () => {
    for (const content of ['a,'.repeat(mostBytes), `"${'x'.repeat(2 * mostBytes)}"`, '"'.repeat(2 * mostBytes)]) {
      await write('endless.csv', content);
      assert.deepEqual(await readTable(folder, 'endless.csv'), {
        kind: 'unreadable',
        why: 'no table: its first row has no end',
      });
    }
  });

  it('is cut to what is shown', async () => {
    const wide = `${Array.from({ length: 35 }, (_, at) => `c${at}`).join(',')}\n`;
    const table = await tableOf(wide + '1,2\n'.repeat(60));
    assert.deepEqual([table.columns.length, table.columnCount], [limits.columns, 35]);
    assert.deepEqual([table.rows.length, table.rowCount], [limits.rows, 60]);
  });

  it('that is empty, binary or broken is unreadable', async () => {
    const unreadable: [string | Buffer, string][] = [
      ['', 'empty'],
      ['\r\n\r\n', 'empty'],
      [Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'binary data, not text'],
      ['a,b\n1,"2\n3,4\n', 'broken: a quote in it is never closed'],
    ];
    for (const [content, why] of unreadable) {
      await write('bad.csv', content);
      assert.deepEqual(await readTable(folder, 'bad.csv'), { kind: 'unreadable', why });
    }
    assert.deepEqual(await readTable(folder, 'missing.csv'), { kind: 'gone' });
  });

  it('that is no UTF-8 is Latin 1', async () => {
    assert.deepEqual(names(await tableOf(Buffer.from('Größe,b\n1,2\n', 'latin1'))), ['Größe', 'b']);
  });
});

describe('an output', () => {
  it('is looked at in the folder only', async () => {
    await writeFile(join(root, 'secret.csv'), 'a,b\n1,2\n');
    const outside = { kind: 'refused', why: 'not in the output folder' };
    for (const path of [
      '../secret.csv',
      'x/../../secret.csv',
      join(root, 'secret.csv'),
      'x/./y.csv',
      'x//y.csv',
      '..',
      'a\0.csv',
    ]) {
      assert.deepEqual(await lookAtOutput(folder, path), outside, path);
      assert.deepEqual(await readTable(folder, path), { kind: 'unreadable', why: outside.why }, path);
    }
    await write('..a/b..csv', 'x');
    assert.equal((await lookAtOutput(folder, '..a/b..csv')).kind, 'file');
  });

  it('is not looked for behind symbolic links', async () => {
    await writeFile(join(root, 'secret.csv'), 'a,b\n1,2\n');
    await symlink(join(root, 'secret.csv'), join(folder, 'link.csv'));
    await symlink(root, join(folder, 'up'));
    await symlink('nowhere', join(folder, 'dangling.csv'));
    for (const path of ['link.csv', 'dangling.csv']) {
      assert.deepEqual(await readTable(folder, path), { kind: 'unreadable', why: 'a symbolic link' });
    }
    for (const path of ['up/secret.csv', 'up/results/up/secret.csv']) {
      assert.deepEqual(await readTable(folder, path), { kind: 'unreadable', why: 'behind a symbolic link' });
    }
  });

  it('that is a folder or a pipe is not read', async () => {
    await mkdir(join(folder, 'folder.csv'));
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    for (const path of ['folder.csv', 'pipe.csv']) {
      assert.deepEqual(await readTable(folder, path), { kind: 'unreadable', why: 'not a file' });
    }
  });
});

describe('the gallery of results', () => {
  it('knows pictures and tables by their names', () => {
    const kinds = (paths: string[]): string[] => paths.map((path) => kindOf({ path, size: 1 }));
    const pictures = ['a.png', 'b/c.JPG', 'd.jpeg', 'e.gif', 'f.webp', 'g.svg', 'h.bmp', 'i.avif'];
    assert.deepEqual(new Set(kinds(pictures)), new Set(['picture']));
    assert.deepEqual(new Set(kinds(['a.csv', 'b.TSV'])), new Set(['table']));
    assert.deepEqual(
      new Set(kinds(['a.json', 'b.md', 'c.txt', 'd.log', 'png', 'x.csv.gz', 'y.png/'])),
      new Set(['other']),
    );
    assert.equal(kindOf({ path: 'a.png', link: 'b.png' }), 'other');
  });

  it('shows pictures in the order that people count in, and opens them by their place in the list', async () => {
    const outputs = [await write('plots/10.png', 'x'), await write('plots/9.png', 'xy')];
    const { pictures } = await prepare(outputs);
    assert.deepEqual(
      pictures.map(({ path, index, source, size }) => [path, index, source, size]),
      [
        ['plots/9.png', 1, 'local:plots/9.png', 2],
        ['plots/10.png', 0, 'local:plots/10.png', 1],
      ],
    );
  });

  it('serves no picture that is a link now, is gone, or lies elsewhere', async () => {
    await writeFile(join(root, 'private.png'), 'x');
    await symlink(join(root, 'private.png'), join(folder, 'swapped.png'));
    await symlink(root, join(folder, 'way'));
    const outputs: OutputFile[] = [
      { path: 'swapped.png', size: 1 },
      { path: 'way/private.png', size: 1 },
      { path: '../private.png', size: 1 },
      { path: 'gone.png', size: 1 },
      { path: 'link.png', link: '../private.png' },
      { path: 'closed/', size: 0 },
    ];
    const gallery = await prepare(outputs);
    assert.deepEqual([gallery.pictures, gallery.tables], [[], []]);
    assert.deepEqual(
      gallery.others.map(({ path, note, index }) => [path, note, index]),
      [
        ['../private.png', 'not in the output folder', undefined],
        ['closed/', 'folder that may not be read', undefined],
        ['gone.png', 'no longer there', undefined],
        ['link.png', 'symbolic link to ../private.png', undefined],
        ['swapped.png', 'a symbolic link', undefined],
        ['way/private.png', 'behind a symbolic link', undefined],
      ],
    );
    assert.doesNotMatch(page(gallery), /<img|local:/);
  });

  it('says what is not as the run left it', async () => {
    const picture = await write('a.png', 'longer than it was');
    const gallery = await prepare([{ ...picture, size: 3 }, await write('bad.csv', Buffer.from([0]))]);
    assert.equal(gallery.pictures[0]?.note, 'changed since the run');
    assert.deepEqual(
      gallery.others.map(({ path, note, index }) => [path, note, index]),
      [['bad.csv', 'binary data, not text', 1]],
    );
  });

  it('shows so many and counts the rest', async () => {
    const gone = Array.from({ length: 5 }, (_, at): OutputFile => ({ path: `a${at}.png`, size: 1 }));
    const outputs = [...gone, { path: 'large.png', size: 65_000_000 }];
    await write('large.png', '');
    await truncate(join(folder, 'large.png'), 65_000_000);
    for (let at = 0; at < limits.pictures + 37; at++) outputs.push(await write(`p${at}.png`, 'x'));
    for (let at = 0; at < limits.tables + 1; at++) outputs.push(await write(`t${at}.csv`, 'a,b\n1,2\n'));
    for (let at = 0; at < limits.others; at++) outputs.push({ path: `z${at}.txt`, size: 1 });
    const gallery = await prepare(outputs);
    assert.deepEqual(
      [gallery.pictures.length, gallery.tables.length, gallery.others.length],
      [limits.pictures, limits.tables, limits.others],
    );
    assert.deepEqual(gallery.hidden, { pictures: 37, tables: 1, others: 6 });
    assert.equal(gallery.others.find(({ path }) => path === 'large.png')?.note, 'too large to be shown here');
    const html = page(gallery);
    assert.match(html, /… and 37 more pictures:\n<button class="link" data-open="folder">open the folder</);
    assert.match(html, /… and 1 more table:/);
    assert.match(html, /Pictures <span class="muted">237</);
  });

  it('lets no name, cell or link become markup', async () => {
    const name = `x"'\`><img src=x onerror=alert(1)>&amp;\u202E\n.png`;
    const cell = '<script>alert(1)</script>';
    const outputs: OutputFile[] = [
      await write(name, 'x'),
      await write('</title>&.csv', `"<b>${cell}",n\n"${cell}\n""&\u2066",1\n`),
      { path: '<i>.txt', link: '"><script>' },
    ];
    const gallery = await prepare(outputs);
    assert.deepEqual([gallery.pictures.length, gallery.tables.length, gallery.others.length], [1, 1, 1]);
    const html = galleryHtml(gallery, { title: '</title><script>', folder: '/<b>', nonce, cspSource: "'self'" });
    const tags = tagsOf(html);
    assert.deepEqual(
      tags.filter((tag) => /^<(?:script|b|i)\b|[\s"']on|[^\s="]"|'/i.test(tag)),
      [],
    );
    assert.equal(tags.filter((tag) => tag.startsWith('<img')).length, 1);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.equal(html.match(/<\/title>/g)?.length, 1);
    assert.doesNotMatch(html, /[\u202E\u2066]/u);
    assert.ok(html.includes('&#60;script&#62;alert(1)&#60;/script&#62;⏎&#34;&#38;\\u2066'));
    assert.ok(html.includes('alt="x&#34;&#39;&#96;&#62;&#60;img src=x onerror=alert(1)&#62;&#38;amp;\\u202e'));
  });

  it('has a strict policy, and one script and one style that it allows', () => {
    const html = page(none);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    assert.equal(
      policy?.replaceAll('&#39;', "'"),
      `default-src 'none'; img-src 'self' https://*.vscode-cdn.net; style-src 'nonce-${nonce}'; ` +
        `script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`,
    );
    assert.deepEqual(html.match(/<(?:script|style)[^>]*>/g), [`<style nonce="${nonce}">`, `<script nonce="${nonce}">`]);
    assert.doesNotMatch(html, /\sstyle=|\son[a-z]+="|https?:\/\/(?!\*\.vscode-cdn)/);
  });

  it('names everything for who does not see it', async () => {
    const outputs = [await write('plots/loss.png', 'x'), await write('m.csv', 'a,b\n1,x\n')];
    const html = page(await prepare(outputs));
    assert.match(
      html,
      /<button class="tile" data-open="0" title="plots\/loss.png" aria-label="Open plots\/loss.png, 1 B">/,
    );
    assert.match(html, /<img src="local:plots\/loss.png" alt="loss.png" loading="lazy"/);
    assert.match(html, /role="region" tabindex="0" aria-label="Table m.csv"/);
    assert.match(html, /<th scope="col" class="number">a<\/th><th scope="col" class="text">b<\/th>/);
    assert.match(html, /<section aria-labelledby="pictures">\n<h2 id="pictures">Pictures/);
  });

  it('says how much of a table it shows', async () => {
    const rows = async (path: string, count: number, head = 'a,b'): Promise<OutputFile> =>
      write(path, `${head}\n${'1,2\n'.repeat(count)}`);
    const html = page(
      await prepare([
        await rows('1.csv', 1234),
        await rows('2.csv', 1),
        await rows('3.csv', 3, Array.from({ length: 34 }, (_, at) => `c${at}`).join(',')),
        await rows('4.csv', 100_000),
      ]),
    );
    assert.match(html, / · 50 of 1,234 rows shown</);
    assert.match(html, / · 1 row</);
    assert.match(html, / · 3 rows, 20 of 34 columns</);
    assert.match(html, / · 50 of more than 65,\d\d\d rows shown</);
  });

  it('shortens long cells without splitting a character', async () => {
    const html = page(await prepare([await write('a.csv', `a\n${'🐳'.repeat(300)}\n`)]));
    assert.ok(html.includes(`>${'🐳'.repeat(limits.cell)}…</td>`));
  });

  it('says that there is nothing, or nothing to look at', async () => {
    const said = async (outputs: readonly OutputFile[]): Promise<string | undefined> =>
      /<p class="empty">([^<]*)</.exec(page(await prepare(outputs)))?.[1];
    assert.equal(await said([]), 'This run left no files.');
    const [log, model] = [await write('a.log', 'x'), await write('b.pt', 'x')];
    assert.equal(await said([log, model]), 'No pictures or tables among the 2 files.');
    assert.equal(await said([log]), 'The one file that this run left is no picture and no table.');
    assert.equal(await said([await write('a.png', 'x')]), undefined);
    await rm(folder, { recursive: true });
    assert.equal(await said([log, model]), 'The 2 files of this run are no longer there.');
    assert.match(page(await prepare([log])), /<span class="path">a.log<\/span><span class="note">no longer there</);
  });
});
