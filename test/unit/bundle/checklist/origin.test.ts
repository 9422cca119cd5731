import assert from 'node:assert/strict';
import { answer, arm, build, commit, digest, expectAnswers, good, image } from './checklist-samples.js';

describe("the reviewers' checklist", () => {
  describe('on the origin', () => {
    const dirty = { ...build, git: { commit, dirty: true, untracked: [], patch: { file: 'x.patch', sha256: '1' } } };
    const dirtyLabel = { ...dirty, labels: { 'org.opencontainers.image.revision': `${commit}-dirty` } };
    const patch = { files: [...good.files, { name: 'uncommitted.patch', size: 1 }] };
    expectAnswers('4-recipe', [
      ['no Dockerfile', { dockerfile: undefined }, 'failed', /lacks the Dockerfile\./],
      [
        'a Dockerfile that was changed',
        { dockerfile: 'FROM x' },
        'failed',
        /not the one that the image was built from/,
      ],
      ['a Dockerfile that nothing tells of', { build: undefined }, 'passed', /Dockerfile and source\.zip/],
      ['no sources', { sourceNames: [] }, 'failed', /lacks the sources/],
    ]);
    expectAnswers('5-commit', [
      ['no record', { build: undefined }, 'failed', /no record of the build/],
      ['no Git', { build: { ...build, git: undefined } }, 'failed', /without a Git commit/],
      ['changes that are not kept', { build: dirtyLabel }, 'failed', /not kept/],
      [
        'changes that are kept, and new files that are not',
        { build: { ...dirtyLabel, git: { ...dirty.git, untracked: ['new.py'] } }, ...patch },
        'failed',
        /new files that are not kept: new\.py\./,
      ],
      ['sources of another commit', { sourceCommit: 'abcdef' }, 'failed', /source\.zip has the files of abcdef/],
      ['sources of a commit that is not known', { sourceCommit: undefined }, 'passed', /label agrees/],
      [
        'an image of another build',
        { images: [image, { ...arm, diffIds: ['sha256:other'] }] },
        'failed',
        /image for linux\/arm64 is of another build/,
      ],
      [
        'an image of a build that made the same layers',
        { images: [{ ...image, configDigest: 'sha256:other' }] },
        'unknown',
        /what its label says is not known/,
      ],
      ['changes that are kept', { build: dirtyLabel, ...patch }, 'passed', /uncommitted\.patch/],
      [
        'a label that hides changes',
        { build: { ...dirty, labels: build.labels }, ...patch },
        'failed',
        /label says c0ffee/,
      ],
      [
        'another label',
        { build: { ...build, labels: { 'org.opencontainers.image.revision': 'x' } } },
        'failed',
        /label says x/,
      ],
      ['no label', { build: { ...build, labels: {} } }, 'failed', /no label/],
      [
        'a label of the Dockerfile',
        { build: { ...build, labels: {} }, dockerfile: 'FROM x\nLABEL org.opencontainers.image.revision=1' },
        'unknown',
        /its Dockerfile sets the label/,
      ],
    ]);
    expectAnswers('6-pinned', [
      ['a tag', { dockerfile: 'FROM python:3.12' }, 'failed', /Not pinned by digest: python:3\.12\./],
      ['a tag of COPY', { dockerfile: `FROM a@${digest}\nCOPY --from=b:1 /x /x` }, 'failed', /digest: b:1\./],
      ['a stage that is not needed', { dockerfile: `FROM b AS unused\nFROM a@${digest}` }, 'passed', /a@sha256/],
      ['nothing below it', { dockerfile: 'FROM scratch\nCOPY x /' }, 'passed', /no base image/],
      ['a variable without a value', { dockerfile: 'ARG BASE\nFROM $BASE' }, 'unknown', /cannot be told/],
      [
        'a variable with one',
        { dockerfile: 'ARG BASE\nFROM $BASE', build: { ...build, buildArguments: { BASE: 'b:1' } } },
        'failed',
        /b:1/,
      ],
      ['no FROM', { dockerfile: '# empty' }, 'unknown', /cannot be told/],
      ['no Dockerfile', { dockerfile: undefined }, 'unknown', /Without the Dockerfile/],
      ['no lock file', { sourceNames: ['a/pyproject.toml'] }, 'failed', /pyproject\.toml without a lock file/],
      ['the lock file of something else', { sourceNames: ['pyproject.toml', 'package-lock.json'] }, 'failed', /Python/],
      [
        'requirements',
        { sourceNames: ['requirements.txt', 'pyproject.toml'] },
        'unknown',
        /requirements\.txt pins all/,
      ],
      ['no packages', { sourceNames: ['main.c', 'uv.lock.md', 'Übung.txt'] }, 'unknown', /No file says/],
      ['renv', { sourceNames: ['renv.lock', 'DESCRIPTION'] }, 'passed', /renv\.lock/],
      ['Julia', { sourceNames: ['env/Project.toml', 'env/Manifest.toml'] }, 'passed', /Manifest\.toml/],
      ['Conda', { sourceNames: ['environment.yml', 'conda-lock.yml'] }, 'passed', /conda-lock\.yml/],
    ]);
    it('says which digest to write into which line', () => {
      const { remedy } = answer('6-pinned', { dockerfile: '# x\nFROM python:3.12' });
      assert.ok(remedy?.includes(`line 2: python:3.12@${digest}`));
    });
  });
});
