import assert from 'node:assert/strict';
import { formatCrate } from '../../../../src/bundle/crate.js';
import { type FinishedRecord } from '../../../../src/run/record.js';
import { aCsv, bare, record, sha } from '../../run/record-samples.js';
import { linksOf, textOf } from './crate-rules.js';
import { base, entitiesOf, image, run } from './crate-samples.js';

describe('the RO-Crate of images and runs', () => {
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
