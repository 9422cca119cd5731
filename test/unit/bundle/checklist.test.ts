import assert from 'node:assert/strict';
import { type Check } from '../../../src/bundle/check.js';
import { checklistOf } from '../../../src/bundle/checklist.js';
import {
  arm,
  build,
  claims,
  commit,
  digest,
  good,
  image,
  metadata,
  type Parts,
  readmeOf,
  run,
  verified,
} from './checklist-samples.js';

function answer(id: string, parts: Partial<Parts> = {}): Check {
  const found = checklistOf({ ...good, ...parts }).find((check) => check.id === `review:${id}`);
  assert.ok(found);
  return found;
}

/** A point, what differs from a bundle that passes all, and what is then said. */
function expectAnswers(
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

describe("the reviewers' checklist", () => {
  it('passes a bundle with all that reviewers ask for', () => {
    const open = checklistOf(good).filter(({ state }) => state !== 'passed');
    assert.deepEqual(open, []);
  });

  it('has its 17 points in order, each with a sentence', () => {
    const checks = checklistOf(good);
    assert.deepEqual(
      checks.map(({ id }) => Number(/^review:(\d+)-[a-z-]+$/.exec(id)?.[1])),
      Array.from({ length: 17 }, (_, index) => index + 1),
    );
    for (const { message } of checks) assert.match(message, /^[A-Z].*\.$/s);
  });

  it('says a remedy for every point of a bundle that has next to nothing', () => {
    const checks = checklistOf({
      ...{ metadata: { title: ' ', creators: [] }, files: [], readme: '', images: [image], build: undefined, runs: [] },
      ...{ dockerfile: undefined, sourceNames: [], secrets: 'not-searched', verification: [], doi: undefined },
    });
    for (const { id, state, message, remedy = '' } of checks) {
      // A README without paths has none of the host's.
      if (id === 'review:13-host-paths') continue;
      assert.notEqual(state, 'passed', id);
      assert.match(message, /^[A-Z].*\.$/s);
      assert.match(remedy, /^[A-Z].*\.$/s);
    }
  });

  it('leaves to “Verify Bundle…” what only that can tell', () => {
    const states = checklistOf({ ...good, runs: [], verification: [] }).filter(({ state }) => state === 'unknown');
    assert.deepEqual(
      states.map(({ id }) => id),
      ['review:7-round-trip', 'review:8-smoke-test', 'review:9-offline', 'review:10-outputs', 'review:15-checksums'],
    );
    for (const { remedy } of states) assert.match(remedy ?? '', /“Verify Bundle…”/);
  });

  describe('on the README', () => {
    expectAnswers('1-readme', [
      ['the README of an export', { readme: readmeOf([image]) }, 'passed', /load/],
      ['no README', { readme: '' }, 'failed', /loads image-linux-amd64\.tar\.gz; .*runs lab\/analysis:1; a smoke test/],
      ['one of two images', { images: [image, arm] }, 'failed', /loads image-linux-arm64\.tar\.gz\./],
      [
        'the image of a longer tag',
        { readme: good.readme.replaceAll('lab/analysis:1', 'lab/analysis:10') },
        'failed',
        /runs/,
      ],
      [
        'a command over two lines',
        { readme: 'docker load < image-linux-amd64.tar.gz\ndocker run \\\n lab/analysis:1\nSmoke test' },
        'passed',
        /load/,
      ],
      [
        'words that are no command',
        { readme: 'The docker image lab/analysis:1 was run and image-linux-amd64.tar.gz load' },
        'failed',
        /loads/,
      ],
    ]);
    expectAnswers('2-paper', [
      ['only its own DOI', { readme: 'https://doi.org/10.5281/ZENODO.42' }, 'failed', /names no paper/],
      [
        'its own DOI as a link',
        { readme: 'https://doi.org/10.5281/zenodo.42.', doi: 'https://doi.org/10.5281/zenodo.42' },
        'failed',
        /no paper/,
      ],
      ['a number of arXiv', { readme: 'See arXiv:2401.01234v2.' }, 'passed', /2401\.01234/],
      ['a DOI in brackets', { readme: '(doi:10.1000/182).' }, 'passed', /cites 10\.1000\/182\.$/],
      ['a version that is no DOI', { readme: 'Version 10.1234, Debian 10.12/x' }, 'failed', /no paper/],
    ]);
    expectAnswers('17-claims', [
      ['only the example', { readme: readmeOf([image]) }, 'failed', /no claim of yours/],
      ['no table', { readme: 'claims, commands, outputs' }, 'failed', /no table/],
      [
        'a table with empty rows',
        { readme: '| Claim | Command | Result |\n|-|-|-|\n| | | |' },
        'failed',
        /no claim of yours/,
      ],
      [
        'two rows',
        { readme: `x\r\n${claims.trimEnd().replaceAll('\n', '\r\n')}\r\n| b | c | d |\r\n\r\n| e | f | g |` },
        'passed',
        /2 claims/,
      ],
    ]);
  });

  describe('on the licence', () => {
    const labelled = (licenses: string): Partial<Parts> => ({
      build: { ...build, labels: { ...build.labels, 'org.opencontainers.image.licenses': licenses } },
    });
    expectAnswers('3-licence', [
      ["Zenodo's way of writing it", { metadata: { ...metadata, license: 'mit' } }, 'passed', /MIT/],
      ['none', { metadata: { title: 'x', creators: [{ name: 'x' }] } }, 'failed', /names no licence/],
      ['one that SPDX does not have', { metadata: { ...metadata, license: 'Do what you like' } }, 'failed', /SPDX/],
      ['no text of it', { files: [{ name: 'README.md', size: 1 }] }, 'failed', /text is not in/],
      ['its text with an ending', { files: [{ name: 'LICENCE.txt', size: 1 }] }, 'passed', /MIT/],
      ['another on the image', labelled('Apache-2.0'), 'failed', /label Apache-2\.0/],
      ['one of two to choose from', labelled('Apache-2.0 OR MIT'), 'passed', /MIT/],
      ['two at a time', labelled('Apache-2.0 AND MIT'), 'failed', /AND/],
      ['no label', { build: { ...build, labels: {} } }, 'failed', /no label/],
      ['no record of the build', { build: undefined }, 'unknown', /not known/],
    ]);
  });

  describe('on the origin', () => {
    const dirty = { ...build, git: { commit, dirty: true, untracked: [], patch: { file: 'x.patch', sha256: '1' } } };
    const dirtyLabel = { ...dirty, labels: { 'org.opencontainers.image.revision': `${commit}-dirty` } };
    const patch = { files: [...good.files, { name: 'uncommitted.patch', size: 1 }] };
    expectAnswers('4-recipe', [
      ['no Dockerfile', { dockerfile: undefined }, 'failed', /lacks the Dockerfile\./],
      ['no sources', { sourceNames: [] }, 'failed', /lacks the sources/],
    ]);
    expectAnswers('5-commit', [
      ['no record', { build: undefined }, 'failed', /no record of the build/],
      ['no Git', { build: { ...build, git: undefined } }, 'failed', /without a Git commit/],
      ['changes that are not kept', { build: dirtyLabel }, 'failed', /not kept/],
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

  describe('on what was verified', () => {
    const without = (...kinds: string[]): Check[] =>
      good.verification.filter(({ id }) => !kinds.some((kind) => id.startsWith(kind)));
    const both = [...good.verification, ...verified('passed', 'load:linux/arm64', 'run:linux/arm64')];
    expectAnswers('7-round-trip', [
      [
        'an archive that is not whole',
        { verification: verified('failed', 'archive:linux/amd64') },
        'failed',
        /archive/,
      ],
      ['loaded, but not run', { verification: without('run') }, 'unknown', /not tried/],
      [
        'no engine',
        { verification: [...without('load', 'run'), ...verified('unknown', 'load:linux/amd64')] },
        'unknown',
        /^load:linux\/amd64 is unknown/,
      ],
      ['one of two platforms', { images: [image, arm] }, 'unknown', /not tried/],
      ['two platforms', { images: [image, arm], verification: both }, 'passed', /loads/],
      [
        'one of two platforms fails',
        { images: [image, arm], verification: [...both, ...verified('failed', 'run:linux/arm64')] },
        'failed',
        /arm64/,
      ],
      ['no image', { images: [] }, 'unknown', /not tried/],
    ]);
    const noRun = without('run');
    expectAnswers('8-smoke-test', [
      ['a recorded run', { verification: [] }, 'passed', /13 seconds/],
      [
        'a recorded run of half an hour',
        { verification: noRun, runs: [{ ...run, seconds: 1800 }] },
        'passed',
        /1800 seconds/,
      ],
      ['a recorded run of more', { verification: noRun, runs: [{ ...run, seconds: 1800.1 }] }, 'failed', /31 minutes/],
      ['a recorded run that failed', { verification: noRun, runs: [{ ...run, exitCode: 137 }] }, 'failed', /137/],
      [
        'a failed and a good one',
        { verification: noRun, runs: [{ ...run, exitCode: 1 }, run] },
        'passed',
        /13 seconds/,
      ],
      [
        'a run of another image',
        { verification: noRun, runs: [{ ...run, image: { ...run.image, configDigest: digest, diffIds: [] } }] },
        'unknown',
        /not tried/,
      ],
      ['a failed verification', { verification: verified('failed', 'run:linux/amd64') }, 'failed', /run:/],
    ]);
    expectAnswers('9-offline', [
      ['a run with a network only', { verification: without('offline') }, 'unknown', /network/],
      ['it fails', { verification: verified('failed', 'offline:linux/amd64') }, 'failed', /offline/],
    ]);
    expectAnswers('10-outputs', [
      [
        'nothing to compare with',
        { verification: without('outputs'), images: [{ ...image, expected: undefined }] },
        'failed',
        /No recorded run/,
      ],
      ['not compared yet', { verification: [] }, 'unknown', /recorded outputs \(1\)/],
      ['they differ', { verification: verified('failed', 'outputs:linux/amd64') }, 'failed', /outputs/],
    ]);
    expectAnswers('15-checksums', [
      [
        'a damaged file',
        { verification: [...without('checksums'), ...verified('failed', 'checksum:x')] },
        'failed',
        /checksum:x/,
      ],
      [
        'a file too many',
        { verification: [...good.verification, ...verified('failed', 'extra:x')] },
        'failed',
        /extra:x/,
      ],
      ['not compared', { verification: without('checksums') }, 'unknown', /not compared/],
    ]);
  });

  describe('on hardware', () => {
    const noCores = { ...run.host, cores: undefined };
    const noGpu = { ...run.host, gpu: undefined };
    const unmeasured = { ...run, peakMemory: undefined };
    expectAnswers('11-hardware', [
      ['all of it', {}, 'passed', /linux\/amd64, 8 cores, NVIDIA A100, .*750 MB of disk.*12\.5 s/],
      ['no run', { runs: [] }, 'failed', /No run/],
      ['a failed run', { runs: [{ ...run, exitCode: 1 }] }, 'failed', /No run/],
      ['no cores', { runs: [{ ...run, host: noCores }] }, 'failed', /cores/],
      ['a GPU that is not named', { runs: [{ ...run, host: noGpu }] }, 'failed', /GPU/],
      ['no GPU', { runs: [{ ...run, gpus: undefined, host: noGpu }] }, 'passed', /8 cores, [^N]*memory/],
      ['no peak of memory', { runs: [unmeasured] }, 'failed', /memory was used/],
      ['too short for one', { runs: [{ ...unmeasured, seconds: 0.5 }] }, 'passed', /0\.5 s/],
    ]);
  });

  describe('on secrets', () => {
    expectAnswers('12-secrets', [
      ['not searched for', { secrets: 'not-searched' }, 'unknown', /not searched/],
      [
        'five',
        { secrets: ['a', 'b', 'c', 'd', 'e'].map((where) => ({ where, what: 'GitHub Token' })) },
        'failed',
        /a \(GitHub Token\).*and 2 more/,
      ],
    ]);
  });

  describe("on the host's paths", () => {
    const withRun = (change: Partial<typeof run>): Partial<Parts> => ({ runs: [{ ...run, ...change }] });
    const folder = { type: 'folder', target: '/data', readOnly: true } as const;
    expectAnswers('13-host-paths', [
      ['Linux', { readme: 'cd /home/marie/lab' }, 'failed', /\/home\/marie\/lab \(README\.md\)/],
      ['a file address', { readme: 'file:///home/marie/lab' }, 'failed', /marie/],
      [
        'macOS',
        withRun({ command: ['sh', '-c', 'cat "/Users/marie/a b"'] }),
        'failed',
        /\/Users\/marie\/a \(run of 2026/,
      ],
      ['Windows', withRun({ environment: { IN: 'C:\\Users\\Marie\\x' } }), 'failed', /C:\\Users/],
      ['Windows from Linux', withRun({ given: ['/mnt/c/Users/Marie/x'] }), 'failed', /\/mnt\/c/],
      ['a folder', withRun({ mounts: [{ ...folder, source: '/srv/data' }] }), 'failed', /\/srv\/data/],
      ['a drive', withRun({ output: { folder: 'D:/out', target: '/output' } }), 'failed', /D:\/out/],
      ['a volume', withRun({ mounts: [{ ...folder, type: 'volume', source: 'data' }] }), 'passed', /no path/],
      [
        "an image's home",
        { readme: 'cd /home/jovyan/work && ls /root /usr/Users/x https://example.org/home/page' },
        'passed',
        /no path/,
      ],
      ['a home that is like one', { readme: '/home/jovyan2' }, 'failed', /jovyan2/],
      [
        'a home that is mounted into',
        { readme: '/home/marie/lab', images: [{ ...image, target: '/home/marie/out' }] },
        'passed',
        /no path/,
      ],
      [
        'outputs that were not handed over',
        withRun({ problem: { reason: 'internal', message: 'It broke.' } }),
        'failed',
        /It broke\./,
      ],
    ]);
  });

  describe('on the files', () => {
    const files = (count: number, size: number): Partial<Parts> => ({
      files: Array.from({ length: count }, (_, index) => ({ name: `f${index}`, size })),
    });
    expectAnswers('14-files', [
      ['as many and as large as Zenodo takes', files(100, 500_000_000), 'passed', /100 with 50\.0 GB/],
      ['too many', files(101, 1), 'failed', /there are 101/],
      ['too large', files(50, 1_000_000_001), 'failed', /50000000050 bytes/],
      ['an empty one', { files: [{ name: 'a', size: 0 }] }, 'failed', /empty: a/],
      [
        'odd names',
        { files: ['ü', 'a/b', 'a\\b', 'a\nb', ''].map((name) => ({ name, size: 1 })) },
        'failed',
        /flat ASCII: "ü"; "a\/b"; "a\\\\b"; and 2 more/,
      ],
      ['none', { files: [] }, 'failed', /none/],
    ]);
  });

  describe('on the metadata', () => {
    const creators = (...orcids: string[]): Partial<Parts> => ({
      metadata: { ...metadata, creators: orcids.map((orcid) => ({ name: 'Curie, Marie', orcid })) },
    });
    expectAnswers('16-metadata', [
      ['a wrong check digit', creators('0000-0002-1825-0098'), 'failed', /0098” of Curie, Marie/],
      ['an ORCID iD as an address', creators('https://orcid.org/0000-0002-1825-0097'), 'passed', /valid/],
      ['no title', { metadata: { ...metadata, title: ' ' } }, 'failed', /no title/],
      [
        'a kind that Zenodo does not have',
        { metadata: { ...metadata, upload_type: 'container' } },
        'failed',
        /container/,
      ],
      ['no DOI yet', { doi: undefined }, 'unknown', /no DOI/],
      ['another DOI', { doi: '10.5281/zenodo.43' }, 'failed', /does not have the DOI/],
      ['the DOI as a link', { doi: 'https://doi.org/10.5281/ZENODO.42' }, 'passed', /10\.5281/],
    ]);
  });
});
