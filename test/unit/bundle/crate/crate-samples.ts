import assert from 'node:assert/strict';
import * as v from 'valibot';
import { type CrateParts, formatCrate } from '../../../../src/bundle/crate.js';
import { type FinishedRecord } from '../../../../src/run/record.js';
import { record, sha } from '../../run/record-samples.js';
import { crate, type Entity, problemsOf } from './crate-rules.js';

export const image: CrateParts['images'][number] = {
  ...{ file: 'image-linux-amd64.tar.gz', reference: 'lab/analysis:1', platform: 'linux/amd64' },
  ...{ configDigest: `sha256:${sha('2')}`, manifestDigest: `sha256:${sha('5')}` },
  ...{ diffIds: [`sha256:${sha('3')}`, `sha256:${sha('4')}`], tarSha256: sha('6'), tarBytes: 9 },
  ...{ target: '/output', command: ['python'] },
};
export const base: CrateParts = {
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
export const run = (change: Partial<FinishedRecord> = {}, folder = 'run-1'): CrateParts['runs'][number] => ({
  folder,
  record: { ...record, ...change },
});

/** The entities of a crate by their identifiers; fails where it breaks a rule. */
export function entitiesOf(change: Partial<CrateParts>): (id: string) => Entity {
  const parts = { ...base, ...change };
  const text = formatCrate(parts);
  assert.deepEqual(problemsOf(text, parts.files), []);
  const graph = new Map(v.parse(crate, text)['@graph'].map((each) => [each['@id'], each]));
  return (id) => graph.get(id) ?? assert.fail(`no ${id} among ${[...graph.keys()].join(' ')}`);
}
