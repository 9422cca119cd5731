import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metadataProblems, readMetadata, writeMetadata } from '../../../src/bundle/metadata.js';
import { failing } from '../failing.js';

describe('the metadata of a bundle', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'metadata-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const cff = `cff-version: 1.2.0
message: Cite it.
title: "A: study"
version: 1.0
license: MIT
authors:
  - family-names: Noether
    given-names: Emmy
    orcid: https://orcid.org/0000-0002-1825-0097
  - name: The group
`;

  it('is read from CITATION.cff', async () => {
    await writeFile(join(folder, 'CITATION.cff'), cff);
    assert.deepEqual(await readMetadata(folder, undefined), {
      upload_type: 'software',
      title: 'A: study',
      creators: [{ name: 'Noether, Emmy', orcid: '0000-0002-1825-0097' }, { name: 'The group' }],
      version: '1',
      license: 'MIT',
    });
  });

  it('is .zenodo.json whole where there is one, unknown keys kept', async () => {
    await writeFile(join(folder, 'CITATION.cff'), cff);
    await writeFile(join(folder, '.zenodo.json'), '{"title":"T","creators":[{"name":"N"}],"grants":[{"id":"1"}]}');
    assert.deepEqual(await readMetadata(folder, undefined), {
      upload_type: 'software',
      title: 'T',
      creators: [{ name: 'N' }],
      grants: [{ id: '1' }],
    });
  });

  it('that is given comes first', async () => {
    const given = { title: 'G', creators: [{ name: 'N' }] };
    assert.equal((await readMetadata(folder, given)).title, 'G');
  });

  it('is never invented', async () => {
    await assert.rejects(readMetadata(folder, undefined), failing('metadata-missing'));
    await writeFile(join(folder, 'CITATION.cff'), 'title: [');
    await assert.rejects(readMetadata(folder, undefined), failing('metadata-invalid'));
    await writeFile(join(folder, '.zenodo.json'), '{"title":"T","creators":[]}');
    await assert.rejects(readMetadata(folder, undefined), failing('metadata-invalid'));
  });

  const read = async (record: object): Promise<unknown> => {
    await writeFile(join(folder, '.zenodo.json'), JSON.stringify(record));
    return readMetadata(folder, undefined);
  };
  const record = { title: 'T', creators: [{ name: 'Curie, Marie' }] };

  it('is refused with the path of what is wrong', async () => {
    const wrong: [string, object][] = [
      ['title', { ...record, title: ' ' }],
      ['creators', { ...record, creators: [] }],
      ['creators.1.name', { ...record, creators: [{ name: 'A' }, { name: '' }] }],
      ['creators.0.orcid', { ...record, creators: [{ name: 'A', orcid: '0000-0002-1825-0098' }] }],
      ['license', { ...record, license: 'my own' }],
      ['license', { ...record, license: 'MIT OR Apache-2.0' }],
      ['keywords.1', { ...record, keywords: ['a', 1] }],
      ['publication_date', { ...record, publication_date: '2023-02-29' }],
      ['publication_date', { ...record, publication_date: '31.5.2024' }],
      ['the file', []],
    ];
    for (const [path, value] of wrong) {
      await assert.rejects(read(value), failing('metadata-invalid', new RegExp(`\\.zenodo\\.json: ${path}: `)));
    }
  });

  it('may have what Zenodo takes', async () => {
    for (const license of ['MIT', 'mit', 'cc-by-4.0', 'other-open', '']) await read({ ...record, license });
    for (const date of ['2024', '2024-05', '2024-02-29', '2023-01-01/2024-05']) {
      await read({ ...record, publication_date: date });
    }
    const orcid = 'https://orcid.org/0000-0002-1825-0097';
    assert.deepEqual(await read({ ...record, creators: [{ name: 'A', orcid, gnd: '1' }] }), {
      ...record,
      upload_type: 'software',
      creators: [{ name: 'A', orcid: '0000-0002-1825-0097', gnd: '1' }],
    });
  });

  it('is read after a byte order mark', async () => {
    await writeFile(join(folder, '.zenodo.json'), `\uFEFF${JSON.stringify(record)}`);
    assert.equal((await readMetadata(folder, undefined)).title, 'T');
  });
});

describe('what metadata lacks', () => {
  const good = {
    title: 'T',
    creators: [{ name: 'Curie, Marie', orcid: '0000-0002-1825-0097' }],
    description: 'D',
    license: 'MIT',
    keywords: ['k'],
    version: '1',
  };
  const pathsOf = (change: Parameters<typeof metadataProblems>[0]): string[] =>
    metadataProblems(change).map(({ path }) => path);

  it('is nothing for a good record', () => {
    assert.deepEqual(metadataProblems(good), []);
    assert.deepEqual(metadataProblems({ ...good, license: 'cc-by-4.0' }), []);
    assert.deepEqual(metadataProblems({ ...good, license: 'other-open' }), []);
  });

  it('is told field by field', () => {
    assert.deepEqual(pathsOf({ title: 'T', creators: [{ name: 'Curie, Marie' }] }), [
      'creators.0.orcid',
      'description',
      'license',
      'keywords',
      'version',
    ]);
  });

  it('is told of blank fields as of missing ones', () => {
    const blank = { description: ' ', license: '', keywords: ['', ' '], version: '\t' };
    assert.deepEqual(pathsOf({ ...good, ...blank }), ['description', 'license', 'keywords', 'version']);
    assert.deepEqual(pathsOf({ ...good, title: '', creators: [] }), ['title', 'creators']);
  });

  it('is a family name set apart, where a creator may be a person', () => {
    for (const name of ['Marie Curie', 'Curie,', ', Marie', 'Curie, ,']) {
      assert.deepEqual(pathsOf({ ...good, creators: [...good.creators, { name }] }), ['creators.1.name'], name);
    }
    const orcid = '0000-0002-1825-0097';
    assert.deepEqual(pathsOf({ ...good, creators: [{ name: 'de la Vallée Poussin, Charles', orcid }] }), []);
  });

  it('is said once a field, with what is wrong first', () => {
    const problems = metadataProblems({
      ...good,
      license: 'gpl-3.0',
      creators: [{ name: 'Curie, Marie', orcid: '1' }],
    });
    assert.deepEqual(problems, [
      { path: 'creators.0.orcid', problem: 'This is not an ORCID iD, such as 0000-0002-1825-0097.' },
      { path: 'license', problem: 'SPDX has deprecated “GPL-3.0”: say “GPL-3.0-only” or “GPL-3.0-or-later”.' },
    ]);
  });
});

describe('metadata that is written', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'metadata-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const file = (): string => join(folder, '.zenodo.json');
  const record = { title: 'Ü 漢', creators: [{ name: 'Curie, Marie', orcid: '0000-0002-1825-0097' }] };

  it('is read again as it was, and nothing is left beside it', async () => {
    await writeMetadata(folder, record);
    assert.deepEqual(await readMetadata(folder, undefined), { upload_type: 'software', ...record });
    assert.deepEqual(await readdir(folder), ['.zenodo.json']);
    assert.match(await readFile(file(), 'utf8'), /^\{\n {2}"title": "Ü 漢",[^]*\}\n$/);
  });

  it('keeps what the file says besides, in its order and indentation', async () => {
    const former = {
      grants: [{ id: '1' }],
      title: 'Old',
      creators: [
        { name: 'M. Curie', orcid: 'https://orcid.org/0000-0002-1825-0097', gnd: '11' },
        { name: 'Gone, Away' },
      ],
      keywords: ['k'],
      version: '1',
      ['__proto__']: { a: 1 },
    };
    await writeFile(file(), JSON.stringify(former, null, 4));
    await writeMetadata(folder, { ...record, version: '' });
    const expected = {
      grants: [{ id: '1' }],
      title: 'Ü 漢',
      creators: [{ name: 'Curie, Marie', orcid: '0000-0002-1825-0097', gnd: '11' }],
      keywords: ['k'],
      ['__proto__']: { a: 1 },
    };
    assert.equal(await readFile(file(), 'utf8'), `${JSON.stringify(expected, null, 4)}\n`);
  });

  it('mends a file that is not valid', async () => {
    await writeFile(file(), '{"title": 5, "creators": "Curie", "grants": []}');
    await writeMetadata(folder, record);
    assert.deepEqual(JSON.parse(await readFile(file(), 'utf8')), { ...record, grants: [] });
  });

  it('never replaces a file that cannot be parsed', async () => {
    for (const text of ['', '{"title": "T",}', '[]', 'null', '"T"']) {
      await writeFile(file(), text);
      await assert.rejects(writeMetadata(folder, record), failing('metadata-invalid'));
      assert.equal(await readFile(file(), 'utf8'), text);
    }
    assert.deepEqual(await readdir(folder), ['.zenodo.json']);
  });

  it('is refused where it could not be read again', async () => {
    await assert.rejects(writeMetadata(folder, { ...record, license: 'mine' }), failing('metadata-invalid'));
    assert.deepEqual(await readdir(folder), []);
  });
});
