import { type ArchivedImage } from './description.js';
import { type ZenodoJson } from './zenodo-json.js';

/** The bundle's README.md: what it is, and the exact commands to check, load and run it. */
export function formatReadme(
  metadata: ZenodoJson,
  images: readonly ArchivedImage[],
  files: readonly { name: string; what: string }[],
): string {
  const creators = metadata.creators.map((creator) => creator.name).join('; ');
  const sections = [
    `# ${plain(metadata.title)}`,
    [
      creators === '' ? '' : `By ${plain(creators)}.`,
      metadata.version === undefined ? '' : `Version ${plain(metadata.version)}.`,
      metadata.license === undefined ? '' : `Licence: ${plain(metadata.license)}.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    ...(metadata.description === undefined ? [] : [metadata.description]),
    '## What is here',
    ['| file | what it is |', '|---|---|', ...files.map(({ name, what }) => `| \`${name}\` | ${what} |`)].join('\n'),
    '## Check that every file is whole',
    code('sha256sum --check SHA256SUMS', 'On macOS: `shasum -a 256 --check SHA256SUMS`.'),
    ...images.flatMap((image) => imageSections(image)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function imageSections(image: ArchivedImage): string[] {
  const run = [image.reference, ...image.command].map(shellWord).join(' ');
  const bind = `--mount type=bind,source="$(pwd)/output",target=${shellWord(image.target)}`;
  const unpacked = image.file.replace(/\.gz$/, '');
  return [
    `## Load and run on ${image.platform}`,
    code(`docker load --input ${image.file}`),
    'Run it, with its results in the folder `output`:',
    code(`mkdir -p output\ndocker run --rm ${bind} ${run}`),
    'The same with Podman:',
    code(`podman load --input ${image.file}\nmkdir -p output\npodman run --rm ${bind} ${run}`),
    'With Apptainer, which needs the archive unpacked:',
    code(
      [
        ...(unpacked === image.file ? [] : [`gunzip --keep ${image.file}`]),
        `apptainer build image.sif oci-archive:${unpacked}`,
      ].join('\n'),
    ),
    `The image's configuration has the digest \`${image.configDigest}\`; the archive, unpacked, has the sha256 \`${image.tarSha256}\`.`,
  ];
}

function code(commands: string, after?: string): string {
  return `\`\`\`sh\n${commands}\n\`\`\`${after === undefined ? '' : `\n\n${after}`}`;
}

/** A word as a POSIX shell takes it literally. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Text of the metadata as one line that Markdown shows as it is. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|]/g, '\\$&');
}
