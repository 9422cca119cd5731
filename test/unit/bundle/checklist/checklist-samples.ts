import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type BuildRecord } from '../../../../src/build/record.js';
import { type Check } from '../../../../src/bundle/check.js';
import { checklistOf } from '../../../../src/bundle/checklist.js';
import { type ArchivedImage } from '../../../../src/bundle/description.js';
import { formatReadme } from '../../../../src/bundle/readme.js';
import { type FinishedRecord } from '../../../../src/run/record.js';
import { record as sampleRun, running } from '../../run/record-samples.js';

export type Parts = Parameters<typeof checklistOf>[0];

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

export const commit = 'c0ffee'.repeat(6) + 'c0ff';
export const digest = `sha256:${'a'.repeat(64)}`;
export const image: ArchivedImage = {
  ...{ file: 'image-linux-amd64.tar.gz', reference: 'lab/analysis:1', platform: 'linux/amd64' },
  ...{ configDigest: running.image.configDigest ?? '', manifestDigest: digest, diffIds: [...running.image.diffIds] },
  ...{ tarSha256: 'b'.repeat(64), tarBytes: 750_000_000, target: '/output', command: ['python', 'my run.py'] },
  expected: [{ path: 'a.csv', size: 1234, sha256: 'a'.repeat(64) }],
};
export const arm: ArchivedImage = {
  ...{ ...image, file: 'image-linux-arm64.tar.gz', platform: 'linux/arm64' },
  configDigest: `sha256:${'e'.repeat(64)}`,
};
const dockerfile = `FROM python:3.12@${digest}\nCOPY . .\n`;
export const build: BuildRecord = {
  $schema: 'https://research-containers.org/schema/build-record-1.json',
  ...{ created: '2026-03-04T05:06:07Z', dockerfile: { path: 'Dockerfile', sha256: sha256Of(dockerfile) } },
  context: { path: '.', digest, files: 3, bytes: 10 },
  ...{ buildArguments: {}, omittedArguments: [], secrets: [], noCache: false },
  git: { commit, dirty: false, untracked: [] },
  baseImages: [{ reference: 'python:3.12', digest }],
  labels: { 'org.opencontainers.image.revision': commit, 'org.opencontainers.image.licenses': 'MIT' },
  images: [image, arm].map((built) => ({ ...built, imageId: built.configDigest, diffIds: [...built.diffIds] })),
  engine: { version: '28', platform: 'linux/amd64', store: 'overlay2' },
  ...{ builder: 'buildkit', seconds: 3 },
};
export const metadata = {
  ...{ title: 'Radioactivity', license: 'MIT', upload_type: 'software', description: 'See doi:10.1000/182.' },
  creators: [{ name: 'Curie, Marie', orcid: '0000-0002-1825-0097' }],
};
const doi = '10.5281/zenodo.42';
const names = ['image-linux-amd64.tar.gz', 'Dockerfile', 'source.zip', 'LICENSE', 'README.md', 'SHA256SUMS'];
export const claims =
  '| claim | command | output |\n|---|---|---|\n| “It glows” (figure 1) | `sh run.sh` | `a.csv` |\n';
export const readmeOf = (images: readonly ArchivedImage[]): string => {
  const files = names.map((name) => ({ name, what: 'x' }));
  return formatReadme({ ...{ metadata, images, files, build, doi }, missing: [], notes: [], runs: [] });
};
export const verified = (state: Check['state'], ...ids: string[]): Check[] =>
  ids.map((id) => ({ id, state, message: `Check ${id} is ${state}.` }));
const allIds = [
  ...['checksums', 'archive:linux/amd64', 'identity:linux/amd64', 'load:linux/amd64', 'run:linux/amd64'],
  ...['offline:linux/amd64', 'outputs:linux/amd64'],
];
export const run: FinishedRecord = { ...sampleRun, environment: { SEED: '1' } };

/** It passes all points. */
export const good: Parts = {
  ...{ metadata, build, doi, images: [image], runs: [run] },
  files: names.map((name) => ({ name, size: 10 })),
  readme: `${readmeOf([image])}\n${claims}`.replace(/## Claims[\s\S]*?replaced[^\n]*\n/, '## Claims\n\n'),
  ...{ dockerfile, sourceNames: ['my run.py', 'sub/uv.lock', 'pyproject.toml'], sourceCommit: commit },
  citation: `title: Radioactivity\nlicense: MIT\ndoi: ${doi}\n`,
  secrets: [],
  verification: verified('passed', ...allIds),
};

export function answer(id: string, parts: Partial<Parts> = {}): Check {
  const found = checklistOf({ ...good, ...parts }).find((check) => check.id === `review:${id}`);
  assert.ok(found);
  return found;
}

/** Tests of a point: what differs from a bundle that passes all, and what is then said. */
export function expectAnswers(
  id: string,
  cases: readonly [title: string, parts: Partial<Parts>, state: Check['state'], says: RegExp][],
): void {
  for (const [title, parts, state, says] of cases) {
    it(`${state}: ${title}`, () => {
      const check = answer(id, parts);
      assert.equal(check.state, state, check.message);
      assert.match(check.message, says);
      if (state !== 'passed') assert.match(check.remedy ?? '', /^[A-Z“].*\.$/s);
    });
  }
}
