import { arm, build, claims, expectAnswers, good, image, metadata, type Parts, readmeOf } from './checklist-samples.js';

describe("the reviewers' checklist", () => {
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
      ['a paper’s DOI that Markdown marks', { readme: 'doi:10.1000/a\\_b\\*' }, 'passed', /cites 10\.1000\/a_b\*\.$/],
      [
        'only another record of Zenodo',
        { readme: 'See 10.5281/zenodo.41.' },
        'unknown',
        /zenodo\.41, a record of Zenodo/,
      ],
      ['a record of Zenodo and a paper', { readme: '10.5281/zenodo.41, 10.1000/182' }, 'passed', /cites 10\.1000/],
      [
        'a record of Zenodo and a number of arXiv',
        { readme: '10.5281/zenodo.41, arXiv:2401.01234' },
        'passed',
        /arXiv/,
      ],
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
      ['a row that says only what is claimed', { readme: `${claims}| “It decays” | … | |` }, 'failed', /one row lacks/],
      [
        'columns in another order, among others, with a bar in a cell',
        { readme: '| no. | output | claim (a result) | command |\n|-|-|-|-|\n| | a.csv | 1 \\| 2 | `sh run.sh` |' },
        'passed',
        /one claim/,
      ],
      ['a claim about results', { readme: claims.replace('| claim', '| claims and results') }, 'passed', /one claim/],
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
      ['two to choose from in brackets', labelled('(Apache-2.0 OR MIT)'), 'passed', /MIT/],
      ['no label', { build: { ...build, labels: {} } }, 'failed', /no label/],
      [
        'a label of the Dockerfile',
        { build: { ...build, labels: {} }, dockerfile: 'FROM x\nLABEL org.opencontainers.image.licenses=MIT' },
        'unknown',
        /the Dockerfile sets the label/,
      ],
      ['no record of the build', { build: undefined }, 'unknown', /not known/],
      ['its very text', { licenceText: 'SPDX-License-Identifier: MIT' }, 'passed', /LICENSE has its text/],
      ['the text of another', { licenceText: 'SPDX-License-Identifier: ISC' }, 'failed', /LICENSE has the text of ISC/],
      ['a text that is not known', { licenceText: 'Do what you like.' }, 'passed', /a file for its text/],
      ['another in CITATION.cff', { citation: 'license: Apache-2.0' }, 'failed', /CITATION\.cff Apache-2\.0/],
      [
        'one of two in CITATION.cff, and the text of the other',
        { citation: 'license: [ISC, MIT]', licenceText: 'SPDX-License-Identifier: ISC' },
        'passed',
        /MIT/,
      ],
      ['a CITATION.cff that cannot be read', { citation: 'license: [' }, 'passed', /MIT/],
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
      ['no day', { metadata: { ...metadata, publication_date: '2026-02-30' } }, 'failed', /“2026-02-30” is no/],
      ['a span of days', { metadata: { ...metadata, publication_date: '2026-02/2026-03-01' } }, 'passed', /valid/],
      ['no DOI yet', { doi: undefined }, 'unknown', /no DOI/],
      ['another DOI', { doi: '10.5281/zenodo.43' }, 'failed', /README\.md does not have the DOI/],
      [
        'a DOI that the README’s begins with',
        { doi: '10.5281/zenodo.4' },
        'failed',
        /README\.md does not have the DOI/,
      ],
      ['a CITATION.cff without it', { citation: 'title: x' }, 'failed', /CITATION\.cff does not have the DOI/],
      ['a CITATION.cff that was not read', { citation: undefined }, 'unknown', /was not read/],
      ['the DOI as a link', { doi: 'https://doi.org/10.5281/ZENODO.42' }, 'passed', /10\.5281/],
    ]);
  });
});
