import assert from 'node:assert/strict';
import { type BuildRecord } from '../../../src/build/record.js';
import { type ArchivedImage } from '../../../src/bundle/description.js';
import { formatReadme, type ReadmeParts } from '../../../src/bundle/readme.js';
import { bare, record, sha } from '../run/record-samples.js';

const image: ArchivedImage = {
  file: 'image-linux-amd64.tar.gz',
  reference: 'x:1',
  platform: 'linux/amd64',
  configDigest: 'sha256:1',
  manifestDigest: 'sha256:2',
  diffIds: [],
  tarSha256: '3',
  tarBytes: 2_345_678_901,
  target: '/out put',
  command: ['python', "it's.py"],
  workingFolder: '/my app',
};

const least: ReadmeParts = {
  metadata: { title: 'Study', creators: [{ name: 'Curie, Marie' }] },
  images: [image],
  files: [],
  missing: [],
  notes: [],
  runs: [],
  build: undefined,
};

const build: BuildRecord = {
  $schema: 'https://research-containers.org/schema/build-record-1.json',
  created: '2026-03-04T05:06:07Z',
  dockerfile: { path: 'docker/Dockerfile', sha256: sha('1') },
  context: { path: '.', digest: 'sha256:4', files: 12, bytes: 34_567 },
  target: 'final',
  buildArguments: { NAME: "Marie's" },
  sourceDateEpoch: 1_700_000_000,
  omittedArguments: ['TOKEN'],
  secrets: ['key'],
  noCache: false,
  git: { commit: 'abcdef', dirty: true, remote: 'https://example.org/study', untracked: [] },
  baseImages: [{ reference: 'debian:12', digest: `sha256:${sha('5')}` }, { reference: 'scratch' }],
  labels: {},
  images: [],
  engine: { version: '28', platform: 'linux/amd64', store: 'classic' },
  builder: 'buildkit',
  seconds: 1,
};

const file = (name: string, size?: number): ReadmeParts['files'][number] => ({
  name,
  what: 'a file',
  ...(size === undefined ? {} : { size }),
});

/** A section, without its heading. */
function section(readme: string, heading: string): string {
  const found = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  assert.ok(found !== undefined, `${heading} is not there`);
  return found.slice(heading.length).trim();
}

const of = (heading: string, change: Partial<ReadmeParts> = {}): string =>
  section(formatReadme({ ...least, ...change }), heading);

describe("a bundle's README", () => {
  it('has its sections in the order in which they are needed', () => {
    const readme = formatReadme({
      ...{ ...least, build, runs: [{ folder: 'run-1', record }] },
      missing: [{ name: 'LICENSE', why: 'The project has none.' }],
    });
    assert.deepEqual(
      [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
      [
        ...['How to cite', 'What is here', 'Requirements', 'Check that every file is whole', 'Load', 'Smoke test'],
        ...['Full run', 'Rebuild from source', 'Expected outputs', 'Claims', 'What is not here, and what to know'],
      ],
    );
    assert.doesNotMatch(readme, /undefined|\n{3}|\[object/);
  });

  it('leaves out what is not known', () => {
    const readme = formatReadme(least);
    for (const absent of [
      'Version',
      'Licence',
      'DOI',
      'CITATION',
      'run.sh',
      'Rebuild',
      'Expected',
      'not here',
      'took:',
    ]) {
      assert.ok(!readme.includes(absent), absent);
    }
    assert.doesNotMatch(readme, /undefined|\n{3}/);
  });

  it('says who made it, and how it is cited', () => {
    const readme = formatReadme({
      ...least,
      metadata: {
        title: 'Radium',
        creators: [
          { name: 'Curie, Marie', affiliation: 'Sorbonne', orcid: 'https://orcid.org/0000-0000-0000-0000' },
          { name: 'Curie, Pierre' },
        ],
        version: '1.2',
        license: 'MIT',
        related_identifiers: [{ identifier: '10.1000/182', relation: 'isSupplementTo' }],
        references: ['Becquerel (1896)'],
      },
      files: [file('CITATION.cff')],
      doi: 'https://doi.org/10.5281/zenodo.1',
    });
    assert.ok(
      readme.includes(
        '- Authors: Curie, Marie (Sorbonne, ORCID 0000-0000-0000-0000); Curie, Pierre\n- Version: 1.2\n- Licence: MIT\n- DOI: <https://doi.org/10.5281/zenodo.1>',
      ),
    );
    assert.equal(
      section(readme, 'How to cite'),
      [
        'Curie, Marie; Curie, Pierre: *Radium*, version 1.2. <https://doi.org/10.5281/zenodo.1>',
        '`CITATION.cff` says it to reference managers.',
        'Works that belong to this one:',
        '- Becquerel (1896)\n- isSupplementTo: 10.1000/182',
      ].join('\n\n'),
    );
  });

  it('copes with other metadata that is not what it should be', () => {
    const metadata = { ...least.metadata, related_identifiers: 'none', references: [1] };
    assert.equal(of('How to cite', { metadata }), 'Curie, Marie: *Study*.');
    assert.ok(
      formatReadme({ ...least, doi: 'doi:10.1/a> <b>\ud800' }).includes('<https://doi.org/10.1/a%3E%20%3Cb%3E>'),
    );
  });

  it('shows the text of the metadata as text, on one line', () => {
    const metadata = { title: '<script>*x*\n# y &lt; $z$', creators: [{ name: 'A | B\u202e' }] };
    const readme = formatReadme({ ...least, metadata, notes: ['- a', '12. b', '+ c'] });
    assert.ok(readme.startsWith('# \\<script\\>\\*x\\* \\# y \\&lt; \\$z\\$\n'));
    assert.ok(readme.includes('- Authors: A \\| B\n'));
    assert.ok(readme.endsWith('- \\- a\n- 12\\. b\n- \\+ c\n'));
  });

  it('takes the paragraphs of a description, and nothing else of its HTML', () => {
    const shown = (description: string): string[] =>
      formatReadme({ ...least, metadata: { ...least.metadata, description } })
        .split('\n\n## ')[0]
        ?.split('\n\n')
        .slice(2) ?? [];
    assert.deepEqual(shown('<p>One <a href="javascript:x">two</a>.</p><p class="x">p &lt; 0.05 &amp;amp; q</p>'), [
      'One two.',
      'p \\< 0.05 \\&amp; q',
    ]);
    assert.deepEqual(shown('if a <b and c> d\n\n\r\n<img src=x onerror=y>'), [
      'if a \\<b and c\\> d',
      '\\<img src=x onerror=y\\>',
    ]);
    assert.deepEqual(shown('<p> </p>'), []);
  });

  it('lists files with their sizes, whatever their names', () => {
    const files = [file('a|b`c', 999_950), file(' `d', 12), file('e\n# f\u202e', 1_234_567_890), file('g', 40_000)];
    assert.equal(
      of('What is here', { files }),
      [
        '| file | what it is | size |',
        '|---|---|---|',
        '| ``a\\|b`c`` | a file | 1.0 MB |',
        '| ``  `d `` | a file | 12 B |',
        '| `e\\u000a# f\\u202e` | a file | 1.2 GB |',
        '| `g` | a file | 40.0 kB |',
      ].join('\n'),
    );
  });

  it('has the exact commands for each tool, quoted for a shell', () => {
    const readme = formatReadme(least);
    const bind = `--mount type=bind,source="$(pwd)/output",'destination=/out put'`;
    for (const commands of [
      'sha256sum --check SHA256SUMS',
      'shasum -a 256 --check SHA256SUMS',
      'docker load --input image-linux-amd64.tar.gz',
      'podman load --input image-linux-amd64.tar.gz',
      `docker run --rm x:1 python 'it'\\''s.py'`,
      `docker run --rm --network none x:1 python 'it'\\''s.py'`,
      `mkdir -p output\ndocker run --rm ${bind} x:1 python 'it'\\''s.py'`,
      `mkdir -p output\npodman run --rm --security-opt label=disable ${bind} x:1 python 'it'\\''s.py'`,
      [
        'gunzip --keep image-linux-amd64.tar.gz',
        'apptainer build image-linux-amd64.sif oci-archive:image-linux-amd64.tar',
        'mkdir -p output',
        `apptainer run --compat --pwd '/my app' ${bind} image-linux-amd64.sif python 'it'\\''s.py'`,
      ].join('\n'),
    ]) {
      assert.ok(readme.includes(`\n\`\`\`sh\n${commands}\n\`\`\`\n`), commands);
    }
    assert.match(readme, /```powershell\nGet-Content SHA256SUMS \|/);
  });

  it('does not let a command out of its block', () => {
    const command = ['```\n# no heading', '; rm -r x'];
    const smoke = of('Smoke test', { images: [{ ...image, command }] });
    assert.ok(smoke.includes("````sh\ndocker run --rm x:1 '```\n# no heading' '; rm -r x'\n````"));
  });

  it('quotes a target folder for CSV and shell', () => {
    const full = of('Full run', { images: [{ ...image, target: `/a,"b"'c` }] });
    assert.ok(full.includes(`source="$(pwd)/output",'"destination=/a,""b""'\\''c"' x:1`));
  });

  it('leaves to Apptainer where to start what no folder is known of', () => {
    const full = of('Full run', { images: [{ ...image, workingFolder: undefined }] });
    assert.ok(full.includes('apptainer run --compat --mount '));
  });

  it('does not unpack an archive that is not compressed', () => {
    const full = of('Full run', { images: [{ ...image, file: 'image-linux-amd64.tar' }] });
    assert.ok(!full.includes('gunzip'));
    assert.ok(full.includes('apptainer build image-linux-amd64.sif oci-archive:image-linux-amd64.tar\n'));
  });

  it('tells platforms apart where there are several', () => {
    const images = [image, { ...image, platform: 'linux/arm64', file: 'image-linux-arm64.tar.gz' }];
    assert.ok(of('Requirements', { images }).includes('- Platform: linux/amd64, linux/arm64.'));
    const load = of('Load', { images });
    assert.ok(load.indexOf('### On linux/amd64') < load.indexOf('image-linux-amd64.tar.gz'));
    assert.ok(load.indexOf('### On linux/arm64') < load.indexOf('image-linux-arm64.tar.gz'));
    assert.ok(!of('Load').includes('###'));
  });

  it('proposes the scripts that are there', () => {
    assert.ok(of('Full run', { files: [file('run.sh')] }).includes('\nsh run.sh\n'));
    const powerShell = of('Full run', { files: [file('run.ps1')] });
    assert.ok(powerShell.includes('\npowershell -ExecutionPolicy Bypass -File run.ps1\n'));
    assert.ok(!powerShell.includes('run.sh'));
  });

  it('says what the runs took, and what the disk needs', () => {
    const files = [file(image.file, 987_654_321)];
    const long = { ...bare, seconds: 7384, exitCode: 0 };
    const text = of('Requirements', {
      files,
      runs: [
        { folder: 'run-1', record },
        { folder: 'run-2', record: long },
      ],
    });
    assert.ok(text.includes('- Disk: 988 MB for `image-linux-amd64.tar.gz` and about 2.3 GB for the image'));
    assert.ok(
      text.includes(
        '| `run-1` | linux/amd64, Debian 12 | 8 | 16.0 GB | NVIDIA A100 | 537 MB of memory, 1.5 processors | 1.0 kB | 12.5 s |',
      ),
    );
    assert.ok(text.endsWith('| `run-2` | linux/amd64, Debian 11 |  |  |  |  |  | 2 h 3 min |'));
    assert.ok(
      of('Requirements', { runs: [{ folder: 'run-1', record: bare }] }).includes(
        '| run | machine | wall time |\n|---|---|---|\n',
      ),
    );
  });

  it('asks for GPUs where a run used them', () => {
    const runs = [{ folder: 'run-1', record }];
    const full = of('Full run', { runs, files: [file('run.sh'), file('run.ps1')] });
    for (const words of ['GPUS=all sh run.sh', "$env:GPUS = 'all'\n", 'docker run --rm --gpus all', '--compat --nv']) {
      assert.ok(full.includes(words), words);
    }
    assert.ok(full.includes('--device nvidia.com/gpu=all'));
    assert.ok(
      !formatReadme({ ...least, runs: [{ folder: 'run-1', record: { ...record, gpus: [] } }] }).includes('gpu'),
    );
  });

  it('has the commands of a build from the sources', () => {
    const text = of('Rebuild from source', {
      build,
      files: [file('Dockerfile'), file('source.zip'), file('uncommitted.patch')],
    });
    assert.ok(text.includes('commit `abcdef` of `https://example.org/study`, with changes that were not committed.'));
    assert.ok(
      text.includes(
        [
          '```sh',
          'unzip source.zip -d source',
          'cd source',
          'git apply ../uncommitted.patch',
          `docker build --file docker/Dockerfile --platform linux/amd64 --tag rebuilt:linux-amd64 --target final --build-arg SOURCE_DATE_EPOCH=1700000000 --build-arg 'NAME=Marie'\\''s' .`,
          '```',
        ].join('\n'),
      ),
    );
    assert.ok(text.includes('Not kept, and to be given as well: the build argument `TOKEN`, the secret `key`.'));
    assert.ok(text.endsWith(`- \`debian:12\`: \`sha256:${sha('5')}\``));
  });

  it('has no command that needs sources which are not here', () => {
    const text = of('Rebuild from source', { build, files: [file('Dockerfile')] });
    assert.ok(!text.includes('docker build'));
    assert.ok(text.includes('`.` of the project, had 12 files of 34.6 kB together; it is not here.'));
  });

  it('has each run with its command, what it was given, and its outputs', () => {
    const mounts = [
      ...record.mounts,
      { type: 'folder', source: '/home/marie', target: '/x', readOnly: false } as const,
    ];
    const text = of('Expected outputs', {
      files: [file('results.zip')],
      runs: [
        {
          folder: 'run-1',
          record: { ...record, given: ['my run.py', '--n=3'], mounts, exitCode: 137, signal: 'SIGKILL' },
        },
      ],
    });
    assert.ok(text.includes('Started 2026-03-04T05:06:07Z, ended after 12.5 s with exit code 137 (SIGKILL).'));
    assert.ok(
      text.includes(
        `docker run --rm --mount type=bind,source="$(pwd)/output",destination=/output --gpus all --memory 512m --cpus 1.5 -p 80:8888 -p 6006 --env SEED=1 --env LANG=C --env API_TOKEN x:1 'my run.py' --n=3`,
      ),
    );
    assert.ok(
      text.includes(
        '- the volume `weights` at `/weights`\n- the folder `data` at `/data`, read-only\n- the folder at `/x`',
      ),
    );
    assert.ok(
      text.endsWith(
        `| path | bytes | sha256 |\n|---|---|---|\n| \`a.csv\` | 1234 | \`${sha('a')}\` |\n| \`latest\` |  | link to \`a.csv\` |`,
      ),
    );
    assert.ok(!text.includes('/home/marie'));
  });

  it('lists the first 50 outputs of 100,000, and says where the others are', () => {
    const outputs = Array.from({ length: 100_000 }, (_, index) => ({ path: `é|${index}`, size: index }));
    const runs = [{ folder: 'run-1', record: { ...bare, outputs } }];
    const text = of('Expected outputs', { runs, files: [file('results.zip')] });
    assert.equal(text.match(/^\| `é\\\|/gm)?.length, 50);
    assert.ok(text.includes('| `é\\|49` | 49 | not known |'));
    assert.ok(text.endsWith('… and 99950 more: `record.json` in `results.zip`.'));
    const exactly = [{ folder: 'run-1', record: { ...bare, outputs: outputs.slice(0, 50) } }];
    assert.ok(!of('Expected outputs', { runs: exactly }).includes('more:'));
  });

  it('says that a run left nothing, or that its outputs were not collected', () => {
    const problem = { reason: 'disk-full', message: 'No room in /home/marie.' };
    const text = of('Expected outputs', { runs: [{ folder: 'run-1', record: { ...bare, problem } }] });
    assert.ok(text.includes('could not be collected as they should: `disk-full`.'));
    assert.ok(text.endsWith('No output files are recorded.'));
    assert.ok(!text.includes('/home/marie'));
  });

  it('has an example to be replaced in its table of claims', () => {
    const rows = of('Claims', { files: [file('run.sh')] })
      .split('\n')
      .slice(-3);
    assert.equal(rows[0], '| claim | command | output |');
    assert.match(rows[2] ?? '', /^\| \*An example, to be replaced: .*\* \| \*`sh run\.sh`\* \| \*`.*`\* \|$/);
  });

  it('names what is missing, why, and what else to know', () => {
    const text = of('What is not here, and what to know', {
      missing: [{ name: 'LICENSE', why: 'The project has no\n| LICENSE.' }],
      notes: ['It was built with <secrets>.'],
    });
    assert.equal(text, '- `LICENSE`: The project has no \\| LICENSE.\n- It was built with \\<secrets\\>.');
  });
});
