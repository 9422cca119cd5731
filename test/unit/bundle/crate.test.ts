import assert from 'node:assert/strict';
import * as v from 'valibot';
import { type CrateParts, formatCrate } from '../../../src/bundle/crate.js';
import { type FinishedRecord } from '../../../src/run/record.js';
import { aCsv, bare, record, sha } from '../run/record-samples.js';

const reference = v.strictObject({ '@id': v.string() });
const value = v.union([v.string(), reference]);
const entity = v.objectWithRest(
  { '@id': v.string(), '@type': v.union([v.string(), v.array(v.string())]) },
  v.union([value, v.pipe(v.array(value), v.minLength(2))]),
);
type Entity = v.InferOutput<typeof entity>;

/** Flattened and compacted JSON-LD: no entity within another, no list of one. */
const document = v.strictObject({ '@context': v.array(v.string()), '@graph': v.array(entity) });
const crate = v.pipe(v.string(), v.parseJson(), document);

/** The terms of the two contexts that a crate of ours may use; JSON-LD silently drops any other. */
const crateTerms = new Set(
  (
    'about actionStatus additionalType affiliation author conformsTo contentSize datePublished description ' +
    'encodingFormat endTime error hasPart identifier instrument isPartOf keywords license mentions name object result ' +
    'softwareVersion startTime value version CreateAction CreativeWork Dataset File Organization Person PropertyValue ' +
    'SoftwareApplication'
  ).split(' '),
);
const runTerms = new Set('containerImage environment registry sha256 tag ContainerImage'.split(' '));

const linksOf = (subject: Entity | undefined, property: string): string[] => {
  const found = subject?.[property];
  if (found === undefined || typeof found === 'string') return [];
  const all = Array.isArray(found) ? found : [found];
  return all.flatMap((each) => (typeof each === 'string' ? [] : [each['@id']]));
};
const textOf = (subject: Entity, property: string): string => v.parse(v.string(), subject[property]);
const typesOf = (subject: Entity): string[] => [subject['@type']].flat();
const isAbsolute = (id: string): boolean => /^https?:\/\//.test(id);

/** What of a text breaks a rule that RO-Crate 1.1 or, with runs, Process Run Crate 0.5 states with MUST. */
function problemsOf(text: string, files: CrateParts['files']): string[] {
  const parsed = v.safeParse(crate, text);
  if (!parsed.success) return parsed.issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  const { '@context': contexts, '@graph': graph } = parsed.output;
  const problems: string[] = [];
  const must = (isMet: boolean, rule: string): void => {
    if (!isMet) problems.push(rule);
  };
  const byId = new Map(graph.map((each) => [each['@id'], each]));
  must(byId.size === graph.length, 'no two entities have the same @id');
  must(contexts[0] === 'https://w3id.org/ro/crate/1.1/context', 'the context is that of RO-Crate');
  must(contexts[1] === 'https://w3id.org/ro/terms/workflow-run/context', 'the context has the terms for runs');

  const descriptor = byId.get('ro-crate-metadata.json');
  must(descriptor?.['@type'] === 'CreativeWork', 'the descriptor is a CreativeWork');
  must(linksOf(descriptor, 'conformsTo')[0] === 'https://w3id.org/ro/crate/1.1', 'the descriptor conforms to 1.1');
  const [rootId = ''] = linksOf(descriptor, 'about');
  const root = byId.get(rootId);
  must(rootId.endsWith('/') && root !== undefined && typesOf(root).includes('Dataset'), 'the root is a Dataset');
  for (const property of ['name', 'description', 'datePublished', 'license']) {
    must(root?.[property] !== undefined && root[property] !== '', `the root has a ${property}`);
  }
  const published = root?.['datePublished'];
  must(typeof published === 'string' && /^\d{4}-\d\d-\d\d$/.test(published), 'the root is published on a day');

  const parts = new Set<string>();
  const follow = (id: string): void => {
    if (parts.has(id)) return;
    parts.add(id);
    linksOf(byId.get(id), 'hasPart').forEach(follow);
  };
  follow(rootId);
  for (const each of graph) {
    const id = each['@id'];
    must(!/[\s<>"{}|\\^`\p{C}]|%(?![0-9A-F]{2})/u.test(id), `${id} is a valid IRI`);
    must(isAbsolute(id) || !/^[^/#]*:|(?:^|\/)\.\.(?:\/|$)/.test(id), `${id} stays in the crate`);
    for (const term of [...typesOf(each), ...Object.keys(each).filter((key) => !key.startsWith('@'))]) {
      must(crateTerms.has(term) || runTerms.has(term), `${term} is in the context`);
    }
    for (const property of Object.keys(each).filter((key) => !key.startsWith('@'))) {
      const isWord = /^(?:actionStatus|additionalType)$/.test(property) || each === descriptor;
      for (const target of linksOf(each, property)) {
        must(byId.has(target) || (isWord && isAbsolute(target)), `${target}, which ${id} names, is described`);
      }
    }
    const isFile = typesOf(each).includes('File');
    if (isFile && !id.startsWith('#')) {
      must(
        files.some(({ name }) => name === decodeURIComponent(id)),
        `${id} is a file of the bundle`,
      );
      must(parts.has(id), `${id} is a part of the root`);
    }
    if (isFile && linksOf(each, 'isPartOf').length > 0) must(parts.has(id), `${id} is a part of the root`);
    if (typesOf(each).includes('CreateAction')) {
      const [instrument = ''] = linksOf(each, 'instrument');
      must(byId.get(instrument)?.['@type'] === 'SoftwareApplication', `${id} has an instrument`);
      must(linksOf(root, 'mentions').includes(id), `${id} is mentioned by the root`);
      must(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/.test(textOf(each, 'endTime')), `${id} has an end`);
    }
  }
  const profile = 'https://w3id.org/ro/wfrun/process/0.5';
  const hasRuns = graph.some((each) => typesOf(each).includes('CreateAction'));
  must(linksOf(root, 'conformsTo').includes(profile) === hasRuns, 'the root conforms to the profile with runs only');
  if (hasRuns) must(byId.get(profile)?.['@type'] === 'CreativeWork', 'the profile is described');
  return problems;
}

const image: CrateParts['images'][number] = {
  ...{ file: 'image-linux-amd64.tar.gz', reference: 'lab/analysis:1', platform: 'linux/amd64' },
  ...{ configDigest: `sha256:${sha('2')}`, manifestDigest: `sha256:${sha('5')}` },
  ...{ diffIds: [`sha256:${sha('3')}`, `sha256:${sha('4')}`], tarSha256: sha('6'), tarBytes: 9 },
  ...{ target: '/output', command: ['python'] },
};
const base: CrateParts = {
  metadata: { title: 'Radium', creators: [{ name: 'Curie, Marie' }], license: 'mit' },
  created: '2026-03-04T23:06:07Z',
  images: [image],
  files: [
    { name: image.file, what: 'the image for linux/amd64', size: 1_000_000_000_000, sha256: sha('7') },
    { name: 'results.zip', what: 'the runs', size: 70 },
    { name: 'README.md', what: 'how to run it', size: 5 },
  ],
  runs: [],
};
const run = (change: Partial<FinishedRecord> = {}, folder = 'run-1'): CrateParts['runs'][number] => ({
  folder,
  record: { ...record, ...change },
});

/** The entities of a crate by their identifiers; fails unless it breaks the given rules and no other. */
function entitiesOf(change: Partial<CrateParts>, broken: readonly string[] = []): (id: string) => Entity {
  const parts = { ...base, ...change };
  const text = formatCrate(parts);
  assert.deepEqual(problemsOf(text, parts.files), broken);
  const graph = new Map(v.parse(crate, text)['@graph'].map((each) => [each['@id'], each]));
  return (id) => graph.get(id) ?? assert.fail(`no ${id} among ${[...graph.keys()].join(' ')}`);
}

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
        assert.deepEqual(get(url), { '@id': url, '@type': 'CreativeWork', name: id });
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

    it('nothing where none is known, though RO-Crate demands one', () => {
      for (const license of [undefined, ' ']) {
        const get = entitiesOf(licensed(license), ['the root has a license']);
        assert.equal(get('./')['license'], undefined);
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

  describe('describes an image', () => {
    it('with its name, tag and the digest of its configuration', () => {
      const found = entitiesOf({})('#images/1');
      assert.equal(found['@type'], 'ContainerImage');
      assert.deepEqual(found['additionalType'], { '@id': 'https://w3id.org/ro/terms/workflow-run#DockerImage' });
      assert.equal(found['name'], 'lab/analysis');
      assert.equal(found['tag'], '1');
      assert.equal(found['sha256'], sha('2'));
      assert.equal(found['registry'], undefined);
    });

    it('with a registry only where its reference names one', () => {
      const registry = (text: string): unknown =>
        entitiesOf({ images: [{ ...image, reference: text }] })('#images/1')['registry'];
      assert.equal(registry('ghcr.io/lab/analysis:1'), 'ghcr.io');
      assert.equal(registry('localhost/analysis:1'), undefined);
      assert.equal(registry('NOT A REFERENCE'), undefined);
    });

    it('apart from that of another platform', () => {
      const arm = { ...image, file: 'image-linux-arm64.tar.gz', platform: 'linux/arm64', configDigest: 'sha256:9' };
      const files = [...base.files, { name: arm.file, what: 'the image for linux/arm64', size: 1 }];
      const get = entitiesOf({ images: [image, arm], files });
      assert.deepEqual(linksOf(get(arm.file), 'about'), ['#images/2']);
      assert.equal(get('#images/2')['sha256'], undefined);
    });
  });

  describe('describes a run', () => {
    it('with what it was, what it took and what it left', () => {
      const log = { file: 'x.log', size: 8, sha256: sha('8') };
      const get = entitiesOf({ runs: [run({ log })] });
      const action = get('#run-1');
      assert.equal(action['name'], 'Run of lab/analysis:1 (run-1)');
      assert.equal(action['description'], "python 'my run.py'");
      assert.equal(action['startTime'], '2026-03-04T05:06:07.000+00:00');
      assert.equal(action['endTime'], '2026-03-04T05:06:19.000+00:00');
      assert.deepEqual(linksOf(action, 'actionStatus'), ['http://schema.org/CompletedActionStatus']);
      assert.deepEqual(linksOf(action, 'containerImage'), ['#images/1']);
      assert.deepEqual(linksOf(action, 'result'), ['#run-1/outputs/a.csv', '#run-1/outputs/latest', '#run-1/log.txt']);
      assert.deepEqual([action['agent'], action['error']], [undefined, undefined]);
      assert.deepEqual(get('#run-1/outputs/a.csv'), {
        ...{ '@id': '#run-1/outputs/a.csv', '@type': 'File', name: 'a.csv', contentSize: '1234' },
        encodingFormat: 'text/csv',
        sha256: sha('a'),
        isPartOf: { '@id': 'results.zip' },
      });
      assert.deepEqual(linksOf(get('results.zip'), 'hasPart'), ['#run-1/outputs/a.csv', '#run-1/log.txt']);
    });

    it('with its mounts and variables, and no value that looks like a secret', () => {
      const environment = { SEED: '1', API_TOKEN: 'hunter2' };
      const get = entitiesOf({ runs: [run({ environment })] });
      assert.deepEqual(linksOf(get('#run-1'), 'object'), ['#run-1/mounts/1', '#run-1/mounts/2']);
      const [volume, folder] = [get('#run-1/mounts/1'), get('#run-1/mounts/2')];
      assert.deepEqual([volume['name'], volume['value']], ['/weights', 'weights']);
      assert.deepEqual([folder['name'], folder['value']], ['/data', 'data']);
      assert.equal(folder['description'], 'A folder of the project, mounted to be read only.');
      assert.equal(get('#run-1/environment/SEED')['value'], '1');
      assert.equal(get('#run-1/environment/API_TOKEN')['value'], undefined);
      assert.ok(!formatCrate({ ...base, runs: [run({ environment })] }).includes('hunter2'));
    });

    it('without the paths of the computer that ran it', () => {
      for (const source of ['/home/marie/data', 'C:\\Users\\marie\\data', '\\\\host\\marie']) {
        const mounts = [{ type: 'folder' as const, source, target: '/data', readOnly: false }];
        const found = entitiesOf({ runs: [run({ mounts })] })('#run-1/mounts/1');
        assert.ok(!JSON.stringify(found).includes('marie'));
        assert.equal(found['description'], 'A folder outside the project, mounted to be read and written.');
      }
    });

    it('that failed, and why', () => {
      const failed = { exitCode: 137, signal: 'SIGKILL', outOfMemory: true };
      const action = entitiesOf({ runs: [run(failed)] })('#run-1');
      assert.deepEqual(linksOf(action, 'actionStatus'), ['http://schema.org/FailedActionStatus']);
      assert.equal(action['error'], 'It ended with exit code 137 (SIGKILL). The container ran out of memory.');
    });

    it('after which not all could be done', () => {
      const problem = { reason: 'output-not-writable', message: '/home/marie/out cannot be written.' };
      const said = textOf(entitiesOf({ runs: [run({ problem })] })('#run-1'), 'description');
      assert.equal(said, "python 'my run.py'\n\nNot all could be done after its end (output-not-writable).");
    });

    it('of which little is known', () => {
      const get = entitiesOf({ runs: [{ folder: 'run-1', record: { ...bare, started: 'unknown' } }] });
      const known = '@id @type name description instrument containerImage endTime actionStatus';
      assert.equal(Object.keys(get('#run-1')).join(' '), known);
      assert.equal(get('#images/2')['name'], 'busybox');
    });

    it('with a link, and with what could not be read, but not as parts of the archive', () => {
      const outputs = [
        { path: 'latest', link: '../../etc/passwd' },
        { path: 'locked.csv', size: 3 },
        { path: 'locked/', size: 0 },
      ];
      const get = entitiesOf({ runs: [run({ outputs })] });
      const link = get('#run-1/outputs/latest');
      assert.equal(link['@type'], 'CreativeWork');
      assert.equal(link['description'], 'A symbolic link to “../../etc/passwd”, which was not followed.');
      assert.equal(get('#run-1/outputs/locked.csv')['description'], 'A file that could not be read.');
      assert.equal(get('#run-1/outputs/locked/')['@type'], 'Dataset');
      assert.equal(get('results.zip')['hasPart'], undefined);
    });

    it('with outputs of any name, each with an identifier of its own', () => {
      const paths = [
        'größe/日本 1.csv',
        'gro\u0308sse.csv',
        'a b.csv',
        'a%20b.csv',
        'a"<>\\^`{|}\n#?.csv',
        'x\ud800',
        '💾',
      ];
      const outputs = paths.map((path) => ({ path, size: 1, sha256: sha('1') }));
      const get = entitiesOf({ runs: [run({ outputs })] });
      const results = linksOf(get('#run-1'), 'result');
      assert.equal(results.length, paths.length);
      for (const [index, id] of results.entries()) assert.equal(get(id)['name'], paths[index]);
      assert.equal(results[0], '#run-1/outputs/größe/日本%201.csv');
    });

    it('with its first thousand outputs, and how many more there are', () => {
      const outputs = Array.from({ length: 1002 }, (_, index) => ({ ...aCsv, path: `${index}.csv` }));
      const action = entitiesOf({ runs: [run({ outputs })] })('#run-1');
      assert.equal(linksOf(action, 'result').length, 1000);
      assert.match(textOf(action, 'description'), /Only 1000 of its outputs are described here; there are 2 more\.$/);
      const whole = run({ outputs: outputs.slice(2) });
      assert.doesNotMatch(formatCrate({ ...base, runs: [whole] }), /Only 1000/);
    });

    it('whose outputs are not in the bundle', () => {
      const get = entitiesOf({ runs: [run()], files: [] });
      assert.equal(get('#run-1/outputs/a.csv')['isPartOf'], undefined);
    });
  });

  it('tells several runs and their images apart', () => {
    const other = { ...record.image, reference: 'lab/other:latest', configDigest: `sha256:${sha('9')}` };
    const get = entitiesOf({ runs: [run(), run({}, 'run-2'), run({ image: other }, 'run-3')] });
    assert.deepEqual(linksOf(get('./'), 'mentions'), ['#run-1', '#run-2', '#run-3']);
    assert.deepEqual(linksOf(get('#run-2'), 'instrument'), ['#software/1']);
    assert.equal(get('#software/1')['softwareVersion'], '1');
    assert.deepEqual(linksOf(get('#run-3'), 'containerImage'), ['#images/2']);
    assert.equal(get('#images/2')['sha256'], sha('9'));
    assert.equal(get('#software/2')['softwareVersion'], undefined);
  });

  it('knows the image of a run by its identifier or its layers where the record has no digest', () => {
    const { reference: name, platform, diffIds } = record.image;
    const imageOf = (change: Partial<FinishedRecord['image']>): string[] => {
      const ran = { reference: name, imageId: 'x', platform, diffIds, ...change };
      return linksOf(entitiesOf({ runs: [run({ image: ran })] })('#run-1'), 'containerImage');
    };
    assert.deepEqual(imageOf({}), ['#images/1']);
    assert.deepEqual(imageOf({ diffIds: [], imageId: image.manifestDigest }), ['#images/1']);
    assert.deepEqual(imageOf({ diffIds: [], imageId: image.configDigest }), ['#images/1']);
    assert.deepEqual(imageOf({ diffIds: [] }), ['#images/2']);
    assert.deepEqual(imageOf({ platform: 'linux/arm64' }), ['#images/2']);
    assert.deepEqual(imageOf({ configDigest: 'sha256:other' }), ['#images/2']);
  });
});
