import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildRecord } from '../build/record.js';
import { type EngineInfo } from '../engine/system.js';
import { type Work } from '../host/progress.js';
import { type FinishedRecord, readRunRecord } from '../run/record.js';
import { type Compression, compressorName } from './archive/block-compression.js';
import { type Check } from './check.js';
import { checklistOf } from './checklist.js';
import { type BundleFile, checksumsFile, checksumsOf, formatChecksums } from './checksums.js';
import { formatCitation } from './citation-file.js';
import { crateFile, formatCrate } from './crate.js';
import { type ArchivedImage, descriptionFile, formatDescription } from './description.js';
import { type BuiltBy, copyProjectFiles, type DescribedFile } from './project-files.js';
import { type Secrets } from './image-secrets.js';
import { isSameImage } from './known-image.js';
import { checklistPartsOf } from './read-bundle.js';
import { formatReadme } from './readme.js';
import { writeResults } from './result-files.js';
import { formatRunPowerShell, formatRunScript } from './run-script.js';
import { writeSources } from './source-files.js';
import { type ZenodoJson } from './zenodo-json.js';

/** What is known when the archives of a bundle are written. */
export interface Known {
  metadata: ZenodoJson;
  engine: EngineInfo;
  builder: BuiltBy | undefined;
  /** Absolute paths of run records. */
  runs: readonly string[];
  archived: readonly { image: ArchivedImage; file: BundleFile }[];
  /** Found in the images. */
  secrets: Secrets;
  /** Of the archives. */
  compression: Compression;
}

/**
 * Writes all of a bundle besides its archives into the folder that has these: sources, results, metadata in each standard, what a
 * reader reads and runs, checksums. What is not known is left out and named.
 */
export async function writeParts(
  folder: string,
  known: Known,
  { signal, onProgress }: Work,
): Promise<{ files: BundleFile[]; checks: Check[] }> {
  const { metadata, builder, archived } = known;
  const created = new Date().toISOString();
  onProgress({ message: 'Collecting the sources' });
  const build: BuildRecord | undefined = builder?.build;
  const copied = await copyProjectFiles(builder, folder);
  const sources =
    builder === undefined
      ? { written: [], missing: [{ name: 'source.zip', why: noProject }], commit: undefined, notes: [], names: [] }
      : await writeSources({ project: builder.project, record: build, recordFile: builder.record }, folder, signal);
  onProgress({ message: 'Collecting the results' });
  const results = await writeResults(await readRuns(known.runs), folder, signal);
  onProgress({ message: 'Writing README, metadata and checksums' });
  const missing = [
    ...copied.missing.map((name) => ({ name, why: builder === undefined ? noProject : 'the project has none' })),
    ...sources.missing,
    ...results.missing,
  ].filter(({ name }) => name !== 'CITATION.cff');
  const images = archived.map(({ image }) => withExpected(image, results.runs));
  const texts: (DescribedFile & { text: string })[] = [];
  if (!copied.copied.some(({ name }) => name === 'CITATION.cff')) {
    const repository = build?.git?.remote;
    texts.push({
      name: 'CITATION.cff',
      what: 'how to cite this work',
      text: formatCitation(metadata, {
        date: created.slice(0, 10),
        ...(repository === undefined ? {} : { repository }),
        ...(sources.commit === undefined ? {} : { commit: sources.commit }),
      }),
    });
  }
  texts.push(
    { name: 'run.sh', what: 'runs the image on Linux and macOS', text: formatRunScript(images) },
    { name: 'run.ps1', what: 'runs the image on Windows', text: formatRunPowerShell(images) },
    { name: '.zenodo.json', what: 'the metadata of the record', text: `${JSON.stringify(metadata, null, 2)}\n` },
    {
      name: descriptionFile,
      what: 'digests of the image and how it was archived',
      text: formatDescription({
        created,
        images,
        engine: { version: known.engine.version, platform: known.engine.platform, store: known.engine.store },
        compressor: compressorName(known.compression),
        ...(sources.commit === undefined ? {} : { commit: sources.commit }),
        missing: missing.map(({ name }) => name),
      }),
    },
  );
  for (const { name, text } of texts)
    await writeFile(join(folder, name), text, name === 'run.sh' ? { mode: 0o755 } : {});
  const described = [
    ...images.map(({ file, platform }) => ({ name: file, what: `the image for ${platform}` })),
    ...copied.copied,
    ...sources.written,
    ...results.written,
    ...texts.map(({ name, what }) => ({ name, what })),
  ];
  const sums = new Checksummed(folder, new Map(archived.map(({ file }) => [file.name, file])));
  const sizes = new Map((await sums.all(signal)).map(({ name, size }) => [name, size]));
  const contents = described.map((each) => ({ ...each, size: sizes.get(each.name) ?? 0 }));
  const later = [
    { name: crateFile, what: 'the same for machines, as RO-Crate' },
    { name: checksumsFile, what: 'checksums of all other files' },
  ];
  const readme = formatReadme({
    ...{ metadata, images, missing, build },
    files: [...contents, ...later],
    notes: sources.notes,
    runs: results.runs,
  });
  await writeFile(join(folder, 'README.md'), readme);
  const whats = new Map(
    [...described, { name: 'README.md', what: 'how to load, check and run this' }].map((each) => [
      each.name,
      each.what,
    ]),
  );
  const crate = formatCrate({
    ...{ metadata, created, images },
    files: (await sums.all(signal)).map(({ name, size, sha256 }) => ({
      name,
      size,
      sha256,
      what: whats.get(name) ?? '',
    })),
    runs: results.runs,
  });
  await writeFile(join(folder, crateFile), crate);
  const listed = await sums.all(signal);
  await writeFile(join(folder, checksumsFile), formatChecksums(listed));
  const files = [...listed, { name: checksumsFile, ...(await checksumsOf(join(folder, checksumsFile), signal)) }];
  onProgress({ message: 'Judging what reviewers check' });
  // As it can be read again: what a verification judges later is the same.
  const checks = checklistOf(await checklistPartsOf(folder, { verification: [], secrets: known.secrets }, signal));
  return { files, checks };
}

const noProject = 'no open project built this image';

async function readRuns(files: readonly string[]): Promise<{ file: string; record: FinishedRecord }[]> {
  const runs: { file: string; record: FinishedRecord }[] = [];
  for (const file of files) {
    const record = await readRunRecord(file);
    if (record.state === 'finished') runs.push({ file, record });
  }
  return runs;
}

/** Outputs of more files than this are not compared. */
const mostExpected = 1000;

/** What a recorded run of the very image left, by the command that the bundle proposes. */
function withExpected(
  image: ArchivedImage,
  runs: readonly { folder: string; record: FinishedRecord }[],
): ArchivedImage {
  const isSame = (record: FinishedRecord): boolean =>
    record.exitCode === 0 &&
    record.problem === undefined &&
    record.output?.target === image.target &&
    isSameImage(image, record.image) &&
    (record.given ?? []).join('\0') === image.command.join('\0');
  const run = runs.find(({ record }) => isSame(record));
  const outputs = (run?.record.outputs ?? []).flatMap((output) =>
    'link' in output || output.sha256 === undefined
      ? []
      : [{ path: output.path, size: output.size, sha256: output.sha256 }],
  );
  return run === undefined || outputs.length === 0 || outputs.length > mostExpected
    ? image
    : { ...image, expected: outputs, expectedRun: run.folder };
}

/** The checksums of a folder's files, each read once. */
class Checksummed {
  constructor(
    private readonly folder: string,
    private readonly known: Map<string, BundleFile>,
  ) {}

  /** Of all files that are there now, by name. */
  async all(signal: AbortSignal): Promise<BundleFile[]> {
    const files: BundleFile[] = [];
    for (const name of (await readdir(this.folder)).sort()) {
      const file = this.known.get(name) ?? { name, ...(await checksumsOf(join(this.folder, name), signal)) };
      this.known.set(name, file);
      files.push(file);
    }
    return files;
  }
}
