import { win32 } from 'node:path';
import { parseReference } from '../image/reference.js';
import { type FinishedRecord, type OutputFile } from '../run/record.js';
import { shellLine } from '../host/shell-line.js';
import { encodePath, encodingFormatOf, type Entity, type Reference, referTo } from './crate-entity.js';
import { type ArchivedImage } from './description.js';
import { isSameImage, type KnownImage } from './known-image.js';

/** A run, and the folder of the archive of results that it lies in, such as `run-1`. */
export interface CrateRun {
  folder: string;
  record: FinishedRecord;
}

interface DescribedRuns {
  entities: Entity[];
  /** Identifiers of the runs' actions. */
  actions: string[];
  /** Identifiers of the files that lie in the archive of results. */
  archived: string[];
}

/** Of a run with more outputs only these many are described one by one. */
const mostOutputs = 1000;

const terms = 'https://w3id.org/ro/terms/workflow-run#';

/** The identifier of the entity for one of the images of a bundle, by its place among them. */
export function imageId(index: number): string {
  return `#images/${index + 1}`;
}

/**
 * The images and the runs as Process Run Crate 0.5 has them (https://w3id.org/ro/wfrun/process/0.5). Neither says who ran
 * them, nor where a mounted folder lies on the computer that did.
 *
 * RO-Crate has no word for a file within an archive. Such a file gets a local identifier, which by RO-Crate 1.2 does not
 * claim that it lies in the crate by itself, and is a part of `archive`, where there is one.
 */
export function describeRuns(
  images: readonly ArchivedImage[],
  runs: readonly CrateRun[],
  archive: string | undefined,
): DescribedRuns {
  const known: KnownImage[] = [...images];
  const described = runs.map(({ folder, record }) => {
    const found = known.findIndex((image) => isSameImage(image, record.image));
    const image = found < 0 ? known.push(record.image) - 1 : found;
    return { image, ...describeRun(folder, record, image, archive) };
  });
  return {
    entities: [
      ...known.map(imageEntity),
      ...[...new Set(described.map(({ image }) => image))].flatMap((index) => softwareEntity(known[index], index)),
      ...described.flatMap(({ entities }) => entities),
    ],
    actions: described.map(({ action }) => action),
    archived: described.flatMap(({ archived }) => archived),
  };
}

function imageEntity({ reference, platform, configDigest, manifestDigest }: KnownImage, index: number): Entity {
  const { name, registry, tag } = partsOf(reference);
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(configDigest ?? '')?.[1];
  return {
    '@id': imageId(index),
    '@type': 'ContainerImage',
    additionalType: { '@id': `${terms}DockerImage` },
    name,
    ...{ registry, tag, sha256 },
    description: [
      `The image ${reference} for ${platform}.`,
      ...(sha256 === undefined ? [] : ['The sha256 is that of its configuration, which is the same on every engine.']),
      ...(manifestDigest === undefined ? [] : [`Its manifest in this bundle has the digest ${manifestDigest}.`]),
    ].join(' '),
  };
}

/** What all runs of an image have for an instrument: the application in it. */
function softwareEntity(image: KnownImage | undefined, index: number): Entity[] {
  if (image === undefined) return [];
  const { name, tag } = partsOf(image.reference);
  return [
    {
      '@id': softwareId(index),
      '@type': 'SoftwareApplication',
      name,
      // It names no version: it moves on.
      softwareVersion: tag === 'latest' ? undefined : tag,
      description: `The application in the image ${image.reference} for ${image.platform}.`,
    },
  ];
}

function softwareId(index: number): string {
  return `#software/${index + 1}`;
}

/** A registry is named only where the reference names one: most images of a project were never in the default one. */
function partsOf(reference: string): { name: string; registry: string | undefined; tag: string | undefined } {
  const parsed = parseReference(reference);
  if (!parsed.ok) return { name: reference, registry: undefined, tag: undefined };
  const { domain, path, tag } = parsed.reference;
  return { name: path, registry: domain === 'localhost' ? undefined : domain, tag };
}

function describeRun(
  folder: string,
  record: FinishedRecord,
  image: number,
  archive: string | undefined,
): { action: string; entities: Entity[]; archived: string[] } {
  const action = `#${encodePath(folder)}`;
  const mounts = record.mounts.map((mount, index) => mountEntity(`${action}/mounts/${index + 1}`, mount));
  const variables = variableEntities(action, record);
  const listed = record.outputs.slice(0, mostOutputs);
  const results = [
    ...listed.map((output) => outputEntity(`${action}/outputs/${encodePath(output.path)}`, output, archive)),
    ...(record.log === undefined ? [] : [archivedFile(`${action}/log.txt`, 'log.txt', record.log, archive)]),
  ];
  const more = record.outputs.length - listed.length;
  const remarks = [
    ...(more === 0 ? [] : [`Only ${mostOutputs} of its outputs are described here; there are ${more} more.`]),
    ...(record.problem === undefined ? [] : [`Not all could be done after its end (${record.problem.reason}).`]),
  ];
  return {
    action,
    entities: [
      {
        '@id': action,
        '@type': 'CreateAction',
        name: `Run of ${record.image.reference} (${folder})`,
        description: [shellLine(record.command), remarks.join(' ')].filter((text) => text !== '').join('\n\n'),
        instrument: referTo([softwareId(image)]),
        containerImage: referTo([imageId(image)]),
        object: referTo(mounts.map(idOf)),
        environment: referTo(variables.map(idOf)),
        result: referTo(results.map(idOf)),
        startTime: timeOf(record.started),
        endTime: timeOf(record.finished),
        ...statusOf(record),
      },
      ...mounts,
      ...variables,
      ...results,
    ],
    archived: results.filter((result) => result['isPartOf'] !== undefined).map(idOf),
  };
}

function idOf(entity: Entity): string {
  return entity['@id'];
}

function statusOf({ exitCode, signal, outOfMemory }: FinishedRecord): { actionStatus: Reference; error?: string } {
  if (exitCode === 0) return { actionStatus: { '@id': 'http://schema.org/CompletedActionStatus' } };
  const why = signal === undefined ? '' : ` (${signal})`;
  return {
    actionStatus: { '@id': 'http://schema.org/FailedActionStatus' },
    error: `It ended with exit code ${exitCode}${why}.${outOfMemory ? ' The container ran out of memory.' : ''}`,
  };
}

/** A time as tools for crates take it, to the millisecond; undefined where the record has none that can be read. */
function timeOf(text: string): string | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace('Z', '+00:00');
}

function mountEntity(id: string, { type, source, target, readOnly }: FinishedRecord['mounts'][number]): Entity {
  // The rules of Windows know the absolute paths of all systems.
  const isElsewhere = type === 'folder' && win32.isAbsolute(source);
  const what = type === 'volume' ? 'A volume' : `A folder ${isElsewhere ? 'outside' : 'of'} the project`;
  return {
    '@id': id,
    '@type': 'PropertyValue',
    name: target,
    value: isElsewhere ? undefined : source,
    description: `${what}, mounted ${readOnly ? 'to be read only' : 'to be read and written'}.`,
  };
}

/** No value of a variable that is said to be a secret is told, whatever else the record says. */
function variableEntities(action: string, { environment, omittedEnvironment }: FinishedRecord): Entity[] {
  const omitted = new Set(omittedEnvironment);
  return [...new Set([...Object.keys(environment), ...omitted])].map((name) => ({
    '@id': `${action}/environment/${encodePath(name)}`,
    '@type': 'PropertyValue',
    name,
    ...(omitted.has(name)
      ? { description: 'It was set; its value looks like a secret and was not kept.' }
      : { value: environment[name] }),
  }));
}

/** What could not be read is a result too, yet the archive cannot have it; and it need not have a link. */
function outputEntity(id: string, output: OutputFile, archive: string | undefined): Entity {
  const { path } = output;
  if ('link' in output) {
    const description = `A symbolic link to “${output.link}”, which was not followed.`;
    return { '@id': id, '@type': 'CreativeWork', name: path, description };
  }
  if (path.endsWith('/')) {
    return { '@id': id, '@type': 'Dataset', name: path, description: 'A folder that could not be read.' };
  }
  const { size, sha256 } = output;
  if (sha256 !== undefined) return archivedFile(id, path, { size, sha256 }, archive);
  const description = 'A file that could not be read.';
  return { '@id': id, '@type': 'File', name: path, description, contentSize: String(size) };
}

function archivedFile(
  id: string,
  name: string,
  { size, sha256 }: { size: number; sha256: string },
  archive: string | undefined,
): Entity {
  return {
    '@id': id,
    '@type': 'File',
    name,
    contentSize: String(size),
    encodingFormat: encodingFormatOf(name),
    sha256,
    isPartOf: archive === undefined ? undefined : referTo([archive]),
  };
}
