import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { formatCitation } from '../../../src/bundle/citation-file.js';
import { type ZenodoJson } from '../../../src/bundle/zenodo-json.js';
import { readCitation } from '../../../src/project/citation.js';

type More = Parameters<typeof formatCitation>[1];

const record: ZenodoJson = { title: 'A study', creators: [{ name: 'Curie, Marie' }] };

/** What a CITATION.cff says, after checking that readers of YAML 1.1 read the same. */
function written(change: Partial<ZenodoJson>, more: More = {}): Record<string, unknown> {
  const text = formatCitation({ ...record, ...change }, more);
  const value: unknown = parse(text);
  assert.deepEqual(parse(text, { version: '1.1' }), value);
  assert.ok(typeof value === 'object' && value !== null);
  return { ...value };
}

describe('a CITATION.cff', () => {
  it('says all that is known', () => {
    const citation = written(
      {
        upload_type: 'software',
        creators: [
          { name: 'Curie, Marie', affiliation: 'Sorbonne', orcid: '0000-0002-1825-0097' },
          { name: 'The Radium Institute', affiliation: 'Paris' },
        ],
        version: '1.10',
        description: '<p>What we <em>found</em>.</p>',
        keywords: ['radium', ' ', 'radium', 'polonium'],
        license: 'cc-by-4.0',
      },
      {
        doi: 'https://doi.org/10.5281/zenodo.1',
        repository: 'git@example.org:curie/radium.git',
        commit: 'a'.repeat(40),
        date: '1903-12-10T12:00:00Z',
      },
    );
    assert.deepEqual(citation, {
      'cff-version': '1.2.0',
      message: 'If you use this work, please cite it as described here.',
      type: 'software',
      title: 'A study',
      authors: [
        {
          'family-names': 'Curie',
          'given-names': 'Marie',
          affiliation: 'Sorbonne',
          orcid: 'https://orcid.org/0000-0002-1825-0097',
        },
        { name: 'The Radium Institute' },
      ],
      version: '1.10',
      abstract: 'What we found.',
      keywords: ['radium', 'polonium'],
      license: 'CC-BY-4.0',
      doi: '10.5281/zenodo.1',
      'repository-code': 'https://example.org/curie/radium',
      commit: 'a'.repeat(40),
      'date-released': '1903-12-10',
    });
  });

  it('leaves out what is not known', () => {
    assert.deepEqual(Object.keys(written({})), ['cff-version', 'message', 'title', 'authors']);
  });

  it('leaves out what the format does not take', () => {
    const citation = written(
      {
        upload_type: 'publication',
        creators: [{ name: 'Curie, Marie', orcid: '0000-0002-1825-0098', affiliation: ' ' }],
        version: '',
        description: '<p> </p>',
        keywords: [],
        license: 'other-open',
        publication_date: '1903',
      },
      { doi: '10.5281', repository: '/home/curie/radium', commit: '', date: '1903-02-30' },
    );
    assert.deepEqual(Object.keys(citation), ['cff-version', 'message', 'title', 'authors']);
    assert.deepEqual(citation['authors'], [{ 'family-names': 'Curie', 'given-names': 'Marie' }]);
  });

  it('has a licence only from the list of its version', () => {
    assert.equal(written({ license: 'GPL-3.0-or-later' })['license'], 'GPL-3.0-or-later');
    assert.equal(written({ license: 'MIT-Khronos-old' })['license'], undefined);
  });

  it('never says the credentials in a repository’s address', () => {
    const text = formatCitation(record, { repository: 'https://user:hunter2@example.org/radium.git' });
    assert.ok(!text.includes('hunter2'));
    assert.ok(text.includes('repository-code: "https://example.org/radium"'));
  });

  it('takes the publication date where no date is given', () => {
    assert.equal(written({ publication_date: '1903-12-10' })['date-released'], '1903-12-10');
    assert.equal(written({ publication_date: '1903-12-10' }, { date: '1911-12-10' })['date-released'], '1911-12-10');
  });

  it('divides names at the first comma', () => {
    const names = ['de la Vallée Poussin, Charles', 'King, Martin, Jr.', 'Noether,', ', Emmy', ',', '漢字'];
    assert.deepEqual(written({ creators: names.map((name) => ({ name })) })['authors'], [
      { 'family-names': 'de la Vallée Poussin', 'given-names': 'Charles' },
      { 'family-names': 'King', 'given-names': 'Martin, Jr.' },
      { 'family-names': 'Noether' },
      { name: 'Emmy' },
      { name: ',' },
      { name: '漢字' },
    ]);
  });

  it('names each author once', () => {
    const creators = [{ name: 'Curie, Marie' }, { name: 'Curie,  Marie ' }];
    assert.deepEqual(written({ creators })['authors'], [{ 'family-names': 'Curie', 'given-names': 'Marie' }]);
  });

  it('keeps texts that YAML takes for something else', () => {
    for (const text of [
      'no',
      '1.10',
      '2024-01-01',
      'null',
      '~',
      'a: b # c',
      '- x',
      '"q" \'s\' \\',
      'ü\n\n 漢\t🙂',
      '{}',
      '1e3',
    ]) {
      assert.equal(written({ title: text })['title'], text);
      assert.equal(written({ version: text })['version'], text);
    }
  });

  it('has the text of a description without its tags', () => {
    const abstracts: Record<string, string> = {
      '<h2>Aim</h2>\n<p>To\nfind <a href="https://example.org/?a=1&amp;b">radium</a>.<br/>Now.</p>':
        'Aim\nTo find radium.\nNow.',
      '<ul><li>R&amp;D</li><li>&lt;b&gt; &#233; &#xE9;&nbsp;&ndash;</li></ul>': 'R&D\n<b> é é –',
      'p <0.05, a<b and c>d, vector<int>': 'p <0.05, a<b and c>d, vector<int>',
      'First.\n\n  Second.': 'First.\n\n  Second.',
      '&constructor; &#0; &#xD800; &#9999999;': '&constructor; &#0; &#xD800; &#9999999;',
    };
    for (const [description, abstract] of Object.entries(abstracts)) {
      assert.equal(written({ description })['abstract'], abstract);
    }
  });

  it('is written in time even for a description made to be slow', () => {
    for (const part of ['<a x=', '<a x="', '<p ', '&#', '\n ', '<a b="c" ']) {
      formatCitation({ ...record, description: `<p>${part.repeat(20_000)}` }, {});
    }
  });

  it('is read again by this extension', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'citation-'));
    try {
      const creators = [{ name: 'Curie, Marie' }, { name: ', Emmy' }, { name: 'The group' }];
      await writeFile(join(folder, 'CITATION.cff'), formatCitation({ ...record, creators, version: '1.10' }, {}));
      const citation = await readCitation(folder);
      assert.equal(citation?.version, '1.10');
      assert.equal(citation.authors.length, 3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
