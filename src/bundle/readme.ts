import * as v from 'valibot';
import { type BuildRecord } from '../build/record.js';
import { formatDuration, formatSize } from '../host/quantities.js';
import { type FinishedRecord } from '../run/record.js';
import { type ArchivedImage } from './description.js';
import { codeCell, codeSpan, fence, paragraphs, plain, table } from './markdown.js';
import {
  fullRunSection,
  has,
  loadSection,
  rebuildSection,
  runLine,
  smokeTestSection,
  usesGpu,
} from './readme-commands.js';
import { type ZenodoJson } from './zenodo-json.js';

/** What a README tells of. */
export interface ReadmeParts {
  metadata: ZenodoJson;
  images: readonly ArchivedImage[];
  /** All of the bundle; sizes in bytes. Only files that are among them are written of. */
  files: readonly { name: string; what: string; size?: number }[];
  missing: readonly { name: string; why: string }[];
  /** What else a reader should know, one sentence or more each. */
  notes: readonly string[];
  /** Runs of the image, by the names of their folders in `results.zip`. */
  runs: readonly { folder: string; record: FinishedRecord }[];
  build: BuildRecord | undefined;
  /** A bare DOI, or one written as a link. */
  doi?: string | undefined;
}

/** Output files of a run that are listed; a README with 100,000 lines is read by nobody. */
const mostOutputs = 50;

/**
 * The bundle's README.md, in the order in which a reviewer of research artifacts works: what it is, what is needed, whether
 * it is whole, does it start, does it run, can it be rebuilt, what comes out, and which claims that supports.
 */
export function formatReadme(parts: ReadmeParts): string {
  const sections = [
    ...titleSection(parts),
    ...citationSection(parts),
    ...filesSection(parts),
    ...requirementsSection(parts),
    ...checkSection(),
    ...loadSection(parts),
    ...smokeTestSection(parts),
    ...fullRunSection(parts),
    ...rebuildSection(parts),
    ...outputsSection(parts),
    ...claimsSection(parts),
    ...missingSection(parts),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function titleSection({ metadata, doi }: ReadmeParts): string[] {
  const { version, license } = metadata;
  const authors = metadata.creators.map(({ name, affiliation, orcid }) => {
    const about = [
      affiliation,
      orcid === undefined ? undefined : `ORCID ${orcid.replace(/^https?:\/\/orcid\.org\//, '')}`,
    ];
    const known = about.filter((text) => text !== undefined && text !== '').join(', ');
    return plain(known === '' ? name : `${name} (${known})`);
  });
  return [
    `# ${plain(metadata.title)}`,
    [
      `- Authors: ${authors.join('; ')}`,
      ...(version === undefined ? [] : [`- Version: ${plain(version)}`]),
      ...(license === undefined ? [] : [`- Licence: ${plain(license)}`]),
      ...(doi === undefined ? [] : [`- DOI: ${doiLink(doi)}`]),
    ].join('\n'),
    ...paragraphs(metadata.description ?? ''),
  ];
}

const relatedWorks = v.array(v.looseObject({ identifier: v.string(), relation: v.optional(v.string()) }));

function citationSection({ metadata, files, doi }: ReadmeParts): string[] {
  const names = metadata.creators.map(({ name }) => name).join('; ');
  const version = metadata.version === undefined ? '' : `, version ${plain(metadata.version)}`;
  const reference = `${plain(names)}: *${plain(metadata.title)}*${version}.${doi === undefined ? '' : ` ${doiLink(doi)}`}`;
  const references = v.safeParse(v.array(v.string()), metadata['references']);
  const related = v.safeParse(relatedWorks, metadata['related_identifiers']);
  const works = [
    ...(references.success ? references.output.map(plain) : []),
    ...(related.success
      ? related.output.map(({ identifier, relation }) => `${plain(relation ?? 'related')}: ${plain(identifier)}`)
      : []),
  ];
  return [
    '## How to cite',
    reference,
    has(files, 'CITATION.cff') ? '`CITATION.cff` says it to reference managers.' : '',
    ...(works.length === 0 ? [] : ['Works that belong to this one:', works.map((work) => `- ${work}`).join('\n')]),
  ];
}

function filesSection({ files }: ReadmeParts): string[] {
  const rows = files.map(({ name, what, size }) => [
    codeCell(name),
    plain(what),
    size === undefined ? '' : formatSize(size),
  ]);
  return ['## What is here', table(['file', 'what it is', 'size'], rows)];
}

function requirementsSection({ images, files, runs }: ReadmeParts): string[] {
  const disk = images.map(({ file, tarBytes }) => {
    const size = files.find(({ name }) => name === file)?.size;
    const archive = size === undefined ? '' : `${formatSize(size)} for ${codeSpan(file)} and `;
    return `${archive}about ${formatSize(tarBytes)} for the image once it is loaded`;
  });
  const rows = runs.map(({ folder, record }) => {
    const { host, limits } = record;
    return [
      codeCell(folder),
      plain(`${host.platform}, ${host.operatingSystem}`),
      host.cores?.toString() ?? '',
      host.memory === undefined ? '' : formatSize(host.memory),
      usesGpu(record) ? plain(host.gpu ?? 'yes') : '',
      limitsText(limits),
      record.peakMemory === undefined ? '' : formatSize(record.peakMemory),
      formatDuration(record.seconds),
    ];
  });
  const heads = ['run', 'machine', 'cores', 'memory', 'GPU', 'limits', 'peak memory used', 'wall time'];
  return [
    '## Requirements',
    [
      ...(images.length === 0 ? [] : [platformText(images)]),
      '- One of Docker (20.10 or newer), Podman and Apptainer.',
      ...disk.map((text) => `- Disk: ${text}.`),
    ].join('\n'),
    ...(rows.length === 0 ? [] : ['What the runs in this record took:', table(heads, rows)]),
  ];
}

function platformText(images: readonly ArchivedImage[]): string {
  const platforms = images.map(({ platform }) => plain(platform)).join(', ');
  return `- Platform: ${platforms}. Other machines run it by emulation, slowly, or not at all.`;
}

function checkSection(): string[] {
  return [
    '## Check that every file is whole',
    'All commands of this file are meant for this folder. On Linux:',
    fence('sh', 'sha256sum --check SHA256SUMS'),
    'On macOS:',
    fence('sh', 'shasum -a 256 --check SHA256SUMS'),
    'On Windows, in PowerShell:',
    fence(
      'powershell',
      [
        'Get-Content SHA256SUMS | ForEach-Object {',
        "  $sum, $name = $_ -split '  ', 2",
        '  $actual = (Get-FileHash -Algorithm SHA256 -LiteralPath $name).Hash',
        '  if ($actual -eq $sum) { "${name}: OK" } else { "${name}: FAILED" }',
        '}',
      ].join('\n'),
    ),
  ];
}

function outputsSection({ images, files, runs }: ReadmeParts): string[] {
  if (runs.length === 0) return [];
  return [
    '## Expected outputs',
    has(files, 'results.zip')
      ? '`results.zip` has a folder for each run below, with `record.json`, what the program printed, and its outputs.'
      : '',
    'To compare, run `sha256sum` on your own files. Files with times or random numbers in them differ by nature: compare their values instead.',
    ...runs.flatMap(({ folder, record }) => runSection(folder, record, images, has(files, 'results.zip'))),
  ];
}

function runSection(
  folder: string,
  record: FinishedRecord,
  images: readonly ArchivedImage[],
  inZip: boolean,
): string[] {
  const { outputs, exitCode, signal, mounts, problem } = record;
  const image = images.find(({ platform }) => platform === record.image.platform) ?? images[0];
  const given = mounts.map(
    ({ type, source, target, readOnly }) =>
      // A path of the machine that it ran on says nothing to others.
      `- the ${type}${type === 'folder' && /^(?:[/\\]|[a-z]:)/i.test(source) ? '' : ` ${codeSpan(source)}`} at ${codeSpan(target)}${readOnly ? ', read-only' : ''}`,
  );
  const rows = outputs.slice(0, mostOutputs).map((file) => {
    if ('link' in file) return [codeCell(file.path), '', `link to ${codeCell(file.link)}`];
    return [codeCell(file.path), String(file.size), file.sha256 === undefined ? 'not known' : codeCell(file.sha256)];
  });
  const more = outputs.length - mostOutputs;
  return [
    `### ${plain(folder)}`,
    `Started ${plain(record.started)}, ended after ${formatDuration(record.seconds)} with exit code ${exitCode}${signal === undefined ? '' : ` (${plain(signal)})`}${record.outOfMemory ? ', out of memory' : ''}.`,
    image === undefined ? '' : fence('sh', runLine(record, image)),
    ...(given.length === 0 ? [] : ['It was also given:', given.join('\n')]),
    problem === undefined ? '' : `Its outputs could not be collected as they should: ${codeSpan(problem.reason)}.`,
    outputs.length === 0 ? 'No output files are recorded.' : table(['path', 'bytes', 'sha256'], rows),
    more <= 0 ? '' : `… and ${more} more: \`record.json\`${inZip ? ` in \`results.zip\`` : ''}.`,
  ];
}

function claimsSection({ files }: ReadmeParts): string[] {
  const command = has(files, 'run.sh') ? 'sh run.sh' : 'docker run …';
  return [
    '## Claims',
    'Which command and which output support each claim of the paper:',
    table(
      ['claim', 'command', 'output'],
      [
        [
          '*An example, to be replaced: “The error falls with the number of samples” (figure 2)*',
          `*\`${command}\`*`,
          '*`output/figure-2.png`*',
        ],
      ],
    ),
  ];
}

function missingSection({ missing, notes }: ReadmeParts): string[] {
  const items = [
    ...missing.map(({ name, why }) => `- ${codeSpan(name)}: ${plain(why)}`),
    ...notes.map((note) => `- ${plain(note)}`),
  ];
  return items.length === 0 ? [] : ['## What is not here, and what to know', items.join('\n')];
}

function limitsText({ memory, cpus }: FinishedRecord['limits']): string {
  return [memory === undefined ? '' : `${formatSize(memory)} of memory`, cpus === undefined ? '' : `${cpus} processors`]
    .filter((text) => text !== '')
    .join(', ');
}

function doiLink(doi: string): string {
  const wellFormed = doi.trim().replace(/\p{Surrogate}/gu, '');
  const bare = wellFormed.replace(/^(?:doi:|https?:\/\/(?:dx\.)?doi\.org\/)/i, '');
  return `<https://doi.org/${encodeURI(bare)}>`;
}
