import { type BuildRecord } from '../build/record.js';
import { formatSize } from '../host/quantities.js';
import { dockerLine } from '../run/docker-line.js';
import { type FinishedRecord } from '../run/record.js';
import { shellLine } from '../host/shell-line.js';
import { type ArchivedImage } from './description.js';
import { codeSpan, fence, plain } from './markdown.js';

/** What the commands of a README depend on. */
interface CommandParts {
  images: readonly ArchivedImage[];
  files: readonly { name: string }[];
  runs: readonly { record: FinishedRecord }[];
  build: BuildRecord | undefined;
}

export function loadSection({ images }: CommandParts): string[] {
  return [
    '## Load',
    ...perImage(images, (image) => [
      fence('sh', shellLine(['docker', 'load', '--input', image.file])),
      'or',
      fence('sh', shellLine(['podman', 'load', '--input', image.file])),
      `The image is then there as ${codeSpan(image.reference)}. It is the archived one if this prints one of the two digests below (Podman prints them without “sha256:”):`,
      fence('sh', shellLine(['docker', 'image', 'inspect', '--format', '{{.Id}}', image.reference])),
      [
        `- configuration: ${codeSpan(image.configDigest)}`,
        `- manifest: ${codeSpan(image.manifestDigest)}`,
        `- sha256 of the archive, unpacked: ${codeSpan(image.tarSha256)}`,
      ].join('\n'),
    ]),
  ];
}

export function smokeTestSection({ images, runs }: CommandParts): string[] {
  const gpus = runs.some(({ record }) => usesGpu(record)) ? ['--gpus', 'all'] : [];
  return [
    '## Smoke test',
    'Does it start, and does it work without a network? It passes where `echo $?` says 0 afterwards. With Podman, write `podman` in place of `docker`.',
    ...perImage(images, ({ reference, command }) => [
      fence('sh', shellLine(['docker', 'run', '--rm', ...gpus, reference, ...command])),
      fence('sh', shellLine(['docker', 'run', '--rm', '--network', 'none', ...gpus, reference, ...command])),
    ]),
  ];
}

export function fullRunSection({ images, files, runs }: CommandParts): string[] {
  const gpu = runs.some(({ record }) => usesGpu(record));
  const scripts = [
    ...(has(files, 'run.sh') ? [fence('sh', `${gpu ? 'GPUS=all ' : ''}sh run.sh`)] : []),
    ...(has(files, 'run.ps1')
      ? [fence('powershell', `${gpu ? "$env:GPUS = 'all'\n" : ''}powershell -ExecutionPolicy Bypass -File run.ps1`)]
      : []),
  ];
  return [
    '## Full run',
    'The results come into the folder `output`.',
    ...(scripts.length === 0
      ? []
      : ['In one step, which checks the archive, loads it where it is needed and runs it:', ...scripts]),
    ...perImage(images, (image) => fullRunCommands(image, gpu)),
    'On Linux, Docker’s results may belong to another user: `sudo chown -R "$(id -u):$(id -g)" output` makes them yours. Where the program may not write there, run `chmod a+rwx output` first.',
  ];
}

function unpackerOf(file: string): string[] {
  return file.endsWith('.zst') ? ['zstd', '--decompress', '--keep'] : ['gunzip', '--keep'];
}

function fullRunCommands(image: ArchivedImage, gpu: boolean): string[] {
  const bind = bindOutput(image.target);
  const run = shellLine([image.reference, ...image.command]);
  const unpacked = image.file.replace(/\.(?:gz|zst)$/, '');
  const converted = `${unpacked.replace(/\.tar$/, '')}.sif`;
  // It does not start in the folder that the image names.
  const working = image.workingFolder === undefined ? '' : `${shellLine(['--pwd', image.workingFolder])} `;
  return [
    'With Docker:',
    fence('sh', `mkdir -p output\ndocker run --rm ${gpu ? '--gpus all ' : ''}${bind} ${run}`),
    'With Podman:',
    fence(
      'sh',
      `mkdir -p output\npodman run --rm --security-opt label=disable ${gpu ? '--device nvidia.com/gpu=all ' : ''}${bind} ${run}`,
    ),
    'With Apptainer, which needs the archive unpacked:',
    fence(
      'sh',
      [
        ...(unpacked === image.file ? [] : [shellLine([...unpackerOf(image.file), image.file])]),
        shellLine(['apptainer', 'build', converted, `oci-archive:${unpacked}`]),
        'mkdir -p output',
        `apptainer run --compat ${gpu ? '--nv ' : ''}${working}${bind} ${shellLine([converted, ...image.command])}`,
      ].join('\n'),
    ),
  ];
}

export function rebuildSection({ images, files, build }: CommandParts): string[] {
  const recipe = has(files, 'Dockerfile');
  const sources = has(files, 'source.zip');
  if (!recipe && !sources && build === undefined) return [];
  const { git } = build ?? {};
  const from = git?.remote === undefined ? '' : ` of ${codeSpan(git.remote)}`;
  const pinned = (build?.baseImages ?? []).flatMap(({ reference, digest }) =>
    digest === undefined ? [] : [`- ${codeSpan(reference)}: ${codeSpan(digest)}`],
  );
  const unkept = [
    ...(build?.omittedArguments ?? []).map((name) => `the build argument ${codeSpan(name)}`),
    ...(build?.secrets ?? []).map((id) => `the secret ${codeSpan(id)}`),
  ];
  return [
    '## Rebuild from source',
    'The archive is what was used. A build from the same sources may differ from it in bytes, where steps fetch what has changed since, or write times.',
    git === undefined
      ? ''
      : `It was built from commit ${codeSpan(git.commit)}${from}${git.dirty ? ', with changes that were not committed' : ''}.`,
    recipe ? '`Dockerfile` is the recipe.' : '',
    build === undefined || !sources ? '' : fence('sh', rebuildCommands(images, files, build)),
    build !== undefined && !sources
      ? `Its context, ${codeSpan(build.context.path)} of the project, had ${build.context.files} files of ${formatSize(build.context.bytes)} together; it is not here.`
      : '',
    build === undefined && sources ? '`source.zip` has the sources.' : '',
    unkept.length === 0 ? '' : `Not kept, and to be given as well: ${unkept.join(', ')}.`,
    ...(pinned.length === 0 ? [] : ['What it was built on:', pinned.join('\n')]),
  ];
}

function rebuildCommands(images: readonly ArchivedImage[], files: CommandParts['files'], build: BuildRecord): string {
  const { dockerfile, context, target, buildArguments, sourceDateEpoch } = build;
  const values = {
    ...(sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: `${sourceDateEpoch}` }),
    ...buildArguments,
  };
  const options = [
    ...(target === undefined ? [] : ['--target', target]),
    ...Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ];
  return [
    'unzip source.zip -d source',
    'cd source',
    ...(has(files, 'uncommitted.patch') ? ['git apply ../uncommitted.patch'] : []),
    ...images.map(({ platform }) => {
      const tag = `rebuilt:${platform.replace(/[^\w.-]/g, '-')}`;
      const place = ['--file', dockerfile.path, '--platform', platform, '--tag', tag];
      return shellLine(['docker', 'build', ...place, ...options, context.path]);
    }),
  ].join('\n');
}

/** The run again, as far as its command line tells. The user is left out: it was one of the machine that it ran on. */
export function runLine(record: FinishedRecord, image: ArchivedImage): string {
  const { given, environment, omittedEnvironment, output, limits, ports, interactive } = record;
  const unknown = Object.fromEntries(omittedEnvironment.map((name) => [name, undefined]));
  const line = dockerLine({
    image: image.reference,
    command: given,
    env: { ...environment, ...unknown },
    ...{ limits, ports, interactive },
    gpus: usesGpu(record) ? 'all' : undefined,
    keep: false,
  });
  const start = 'docker run --rm ';
  return output === undefined
    ? line
    : `mkdir -p output\n${start}${bindOutput(output.target)} ${line.slice(start.length)}`;
}

function perImage(images: readonly ArchivedImage[], sections: (image: ArchivedImage) => string[]): string[] {
  return images.flatMap((image) => [
    ...(images.length > 1 ? [`### On ${plain(image.platform)}`] : []),
    ...sections(image),
  ]);
}

export function has(files: CommandParts['files'], wanted: string): boolean {
  return files.some(({ name }) => name === wanted);
}

export function usesGpu({ gpus }: FinishedRecord): boolean {
  return gpus !== undefined && gpus.length > 0;
}

/** The value of `--mount` is a line of CSV; the shell puts the folder's path in. */
function bindOutput(target: string): string {
  const field = `destination=${target}`;
  const value = /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  return `--mount type=bind,source="$(pwd)/output",${shellLine([value])}`;
}
