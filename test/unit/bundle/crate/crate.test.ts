import assert from 'node:assert/strict';
import { type CrateParts, formatCrate } from '../../../../src/bundle/crate.js';
import { sha } from '../../run/record-samples.js';
import { linksOf, problemsOf, textOf } from './crate-rules.js';
import { base, entitiesOf, run } from './crate-samples.js';

const creators = (...all: CrateParts['metadata']['creators']): Partial<CrateParts> => ({
  metadata: { ...base.metadata, creators: all },
});

describe('the RO-Crate of a bundle', () => {
  it('is checked by rules that find what is wrong', () => {
    const text = formatCrate({ ...base, runs: [run()] });
    const broken = (from: string, to: string): string[] => problemsOf(text.replace(from, to), base.files);
    assert.deepEqual(broken('": "2026-03-04"', '": "soon"'), ['the root is published on a day']);
    assert.deepEqual(broken('"@id": "README.md",', '"@id": "READ ME.md",'), [
      'README.md, which ./ names, is described',
      'READ ME.md is a valid IRI',
      'READ ME.md is a file of the bundle',
      'READ ME.md is a part of the root',
    ]);
    assert.deepEqual(broken('"@type": "SoftwareApplication"', '"@type": "Person"'), ['#run-1 has an instrument']);
    assert.deepEqual(broken('"contentSize"', '"bytes"'), ['bytes is in the context']);
    assert.deepEqual(broken('"license": {', '"version": {'), ['the root has a license']);
    const version = '"@id": "https://w3id.org/ro/wfrun/process/0.5"\n';
    assert.deepEqual(broken(version, '"@id": "./"\n'), ['the root conforms to the profile with runs only']);
    assert.ok(broken('"@id": "#run-1/outputs/latest",', '"@id": "#run-1/outputs/a.csv",').length > 0);
  });

  it('describes the bundle and each of its files', () => {
    const get = entitiesOf({
      metadata: { ...base.metadata, description: ' Of pitchblende. ', version: '2', keywords: ['a', 'b'] },
      doi: '10.5281/zenodo.1',
    });
    const root = get('./');
    assert.equal(root['name'], 'Radium');
    assert.equal(root['description'], 'Of pitchblende.');
    assert.equal(root['datePublished'], '2026-03-04');
    assert.equal(root['identifier'], 'https://doi.org/10.5281/zenodo.1');
    assert.equal(root['keywords'], 'a, b');
    assert.equal(root['version'], '2');
    assert.deepEqual(linksOf(root, 'hasPart'), ['image-linux-amd64.tar.gz', 'results.zip', 'README.md']);
    assert.deepEqual(get('image-linux-amd64.tar.gz'), {
      ...{ '@id': 'image-linux-amd64.tar.gz', '@type': 'File', name: 'image-linux-amd64.tar.gz' },
      description: 'the image for linux/amd64',
      contentSize: '1000000000000',
      encodingFormat: 'application/gzip',
      sha256: sha('7'),
      about: { '@id': '#images/1' },
    });
  });

  it('is the same text for the same parts, and ends with a line break', () => {
    const text = formatCrate({ ...base, runs: [run()] });
    assert.equal(text, formatCrate({ ...base, runs: [run()] }));
    assert.ok(text.endsWith('}\n') && text.startsWith('{\n  "@context": [\n'));
  });

  it('has the title where there is no description', () => {
    assert.equal(entitiesOf({})('./')['description'], 'Radium');
    const blank = { metadata: { ...base.metadata, description: ' \n' } };
    assert.equal(entitiesOf(blank)('./')['description'], 'Radium');
  });

  it('names a DOI once, however it is written', () => {
    for (const doi of ['10.5072/zenodo.1', 'doi:10.5072/zenodo.1', 'https://doi.org/10.5072/zenodo.1']) {
      assert.equal(entitiesOf({ doi })('./')['identifier'], 'https://doi.org/10.5072/zenodo.1');
    }
    assert.equal(entitiesOf({})('./')['identifier'], undefined);
  });

  it('does not list itself among its files', () => {
    const files = [...base.files, { name: 'ro-crate-metadata.json', what: 'this', size: 1 }];
    assert.equal(linksOf(entitiesOf({ files })('./'), 'hasPart').length, 3);
  });

  it('refers to files by names that are percent-encoded', () => {
    const files = [{ name: 'a b%:#?.txt', what: 'odd', size: 1 }];
    assert.equal(entitiesOf({ files })('a%20b%25%3A%23%3F.txt')['name'], 'a b%:#?.txt');
  });

  it('says nothing of the format of a file with an ending that it does not know', () => {
    const files = ['x.constructor', 'noending', '.csv'].map((name) => ({ name, what: 'w', size: 1 }));
    const get = entitiesOf({ files });
    for (const { name } of files) assert.equal(get(name)['encodingFormat'], undefined);
  });

  describe('has for a licence', () => {
    const licensed = (license: string | undefined, ...names: string[]): Partial<CrateParts> => ({
      metadata: { title: 'T', creators: base.metadata.creators, ...(license === undefined ? {} : { license }) },
      files: names.map((name) => ({ name, what: 'w', size: 1 })),
    });

    it('the page of SPDX, whatever the case of the identifier', () => {
      for (const id of ['Apache-2.0', 'CC-BY-4.0', 'GPL-3.0']) {
        const get = entitiesOf(licensed(` ${id.toLowerCase()}`, 'LICENSE'));
        const url = `https://spdx.org/licenses/${id}`;
        assert.deepEqual(linksOf(get('./'), 'license'), [url]);
        const description = `The licence ${id} of SPDX’s list.`;
        assert.deepEqual(get(url), { '@id': url, '@type': 'CreativeWork', name: id, description });
      }
    });

    it('the text of what is not an identifier of SPDX', () => {
      assert.equal(entitiesOf(licensed('MIT OR Apache-2.0'))('./')['license'], 'MIT OR Apache-2.0');
    });

    it('the file LICENSE where the metadata has none', () => {
      const get = entitiesOf(licensed(undefined, 'LICENSE'));
      assert.deepEqual(linksOf(get('./'), 'license'), ['LICENSE']);
      assert.deepEqual(get('LICENSE')['@type'], ['File', 'CreativeWork']);
    });

    it('an entity that says that there is none, and names none, where none is known', () => {
      for (const license of [undefined, ' ']) {
        const get = entitiesOf(licensed(license, 'README.md'));
        assert.deepEqual(linksOf(get('./'), 'license'), ['#no-licence']);
        const entity = get('#no-licence');
        assert.deepEqual([entity['@type'], entity['name']], ['CreativeWork', 'No licence']);
        assert.match(textOf(entity, 'description'), /^Neither the metadata of this work nor a file gives a licence/);
      }
    });

    it('no word of a missing one where there is one', () => {
      for (const parts of [licensed('MIT'), licensed('Some words'), licensed(undefined, 'LICENSE')]) {
        assert.ok(!formatCrate({ ...base, ...parts }).includes('no-licence'));
      }
    });
  });

  describe('names its authors', () => {
    it('by their ORCID, bare or as a URL, and by where they work', () => {
      const get = entitiesOf(
        creators(
          { name: 'Curie, Marie', orcid: '0000-0002-1694-233X', affiliation: 'Sorbonne' },
          { name: 'Curie, Pierre', orcid: 'https://orcid.org/0000-0001-5109-3700', affiliation: ' Sorbonne' },
        ),
      );
      const ids = ['https://orcid.org/0000-0002-1694-233X', 'https://orcid.org/0000-0001-5109-3700'];
      assert.deepEqual(linksOf(get('./'), 'author'), ids);
      for (const id of ids) assert.deepEqual(linksOf(get(id), 'affiliation'), ['#organizations/1']);
      assert.equal(get('#organizations/1')['name'], 'Sorbonne');
    });

    it('apart where two have the same name, and not by what is not an ORCID', () => {
      const get = entitiesOf(creators({ name: 'Curie' }, { name: 'Curie', orcid: 'javascript:0' }));
      assert.deepEqual(linksOf(get('./'), 'author'), ['#authors/1', '#authors/2']);
      assert.equal(get('#authors/2')['name'], 'Curie');
    });

    it('once where two entries have the same ORCID', () => {
      const orcid = '0000-0002-1825-0097';
      const get = entitiesOf(creators({ name: 'Curie, M.', orcid }, { name: 'Curie, Marie', orcid, affiliation: 'A' }));
      assert.deepEqual(linksOf(get('./'), 'author'), [`https://orcid.org/${orcid}`]);
    });
  });
});
