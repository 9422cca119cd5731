import { spdxLicence } from './licence.js';
import { parseOrcid } from './orcid.js';
import { encodePath, encodingFormatOf, type Entity, referTo } from './crate-entity.js';
import { type CrateRun, describeRuns, imageId } from './crate-runs.js';
import { type ArchivedImage } from './description.js';
import { type ZenodoJson } from './zenodo-json.js';

/** Name of the file that describes a bundle to machines. */
export const crateFile = 'ro-crate-metadata.json';

/** Name of the archive that has a folder for each run. */
const resultsFile = 'results.zip';

const crateVersion = 'https://w3id.org/ro/crate/1.1';
const processProfile = 'https://w3id.org/ro/wfrun/process/0.5';

export interface CrateParts {
  metadata: ZenodoJson;
  /** RFC 3339. */
  created: string;
  images: readonly ArchivedImage[];
  /** The bundle's files but the crate itself, with their sizes in bytes. */
  files: readonly CrateFile[];
  runs: readonly CrateRun[];
  /** With or without `https://doi.org/` in front. */
  doi?: string | undefined;
}

interface CrateFile {
  name: string;
  /** What it is, in the words of the README. */
  what: string;
  size: number;
  sha256?: string;
}

/**
 * The text of a bundle's `ro-crate-metadata.json` by RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), and with runs by Process
 * Run Crate 0.5 (https://w3id.org/ro/wfrun/process/0.5) too. The same parts give the same text.
 *
 * RO-Crate demands a description, for which the title stands in, and a licence: where neither the metadata names one nor
 * the bundle has a LICENSE, it refers to an entity that says that there is none.
 */
export function formatCrate({ metadata, created, images, files, runs, doi }: CrateParts): string {
  const others = files.filter(({ name }) => name !== crateFile);
  const has = (wanted: string): boolean => others.some(({ name }) => name === wanted);
  const described = describeRuns(images, runs, has(resultsFile) ? resultsFile : undefined);
  const licence = licenceOf(metadata.license, has('LICENSE'));
  const { authors, entities: people } = describeCreators(metadata.creators);
  const fileEntities = others.map((file) => fileEntity(file, images, described.archived));
  const description = metadata.description?.trim() ?? '';
  const graph: Entity[] = [
    {
      '@id': crateFile,
      '@type': 'CreativeWork',
      conformsTo: referTo([crateVersion]),
      about: referTo(['./']),
    },
    {
      '@id': './',
      '@type': 'Dataset',
      conformsTo: runs.length === 0 ? undefined : referTo([processProfile]),
      identifier: doi === undefined ? undefined : doiUrl(doi),
      name: metadata.title,
      description: description === '' ? metadata.title : description,
      version: metadata.version,
      datePublished: created.slice(0, 10),
      license: licence.value,
      author: referTo(authors),
      keywords: metadata.keywords?.join(', '),
      hasPart: referTo(fileEntities.map((file) => file['@id'])),
      mentions: referTo(described.actions),
    },
    ...(runs.length === 0 ? [] : [profileEntity]),
    ...licence.entities,
    ...people,
    ...fileEntities,
    ...described.entities,
  ];
  // The second context has the terms for container images, and sha256.
  const context = [`${crateVersion}/context`, 'https://w3id.org/ro/terms/workflow-run/context'];
  return `${JSON.stringify({ '@context': context, '@graph': graph }, null, 2)}\n`;
}

const profileEntity: Entity = {
  '@id': processProfile,
  '@type': 'CreativeWork',
  name: 'Process Run Crate',
  version: '0.5',
};

function fileEntity(file: CrateFile, images: readonly ArchivedImage[], archived: readonly string[]): Entity {
  const { name, what, size, sha256 } = file;
  const about = images.flatMap((image, index) => (image.file === name ? [imageId(index)] : []));
  return {
    '@id': encodePath(name),
    // As the licence of all, it is a work that others refer to.
    '@type': name === 'LICENSE' ? ['File', 'CreativeWork'] : 'File',
    name,
    description: what,
    contentSize: String(size),
    encodingFormat: encodingFormatOf(name),
    sha256,
    about: referTo(about),
    hasPart: name === resultsFile ? referTo(archived) : undefined,
  };
}

/** To be without a licence is stated as a licence is: by an entity with a name and a description. */
const noLicence: Entity = {
  '@id': '#no-licence',
  '@type': 'CreativeWork',
  name: 'No licence',
  description: 'Neither the metadata of this work nor a file gives a licence: ask its authors before you use it.',
};

/** A licence that SPDX lists as an entity, any other as the text that it is; without one, the file LICENSE, or that there is none. */
function licenceOf(text: string | undefined, hasFile: boolean): { value: Entity[string]; entities: Entity[] } {
  const stated = text?.trim() ?? '';
  if (stated === '') {
    return hasFile
      ? { value: referTo(['LICENSE']), entities: [] }
      : { value: referTo([noLicence['@id']]), entities: [noLicence] };
  }
  const id = spdxLicence(stated);
  if (id === undefined) return { value: stated, entities: [] };
  const url = `https://spdx.org/licenses/${id}`;
  return {
    value: referTo([url]),
    entities: [{ '@id': url, '@type': 'CreativeWork', name: id, description: `The licence ${id} of SPDX’s list.` }],
  };
}

/** An ORCID tells people apart; without one, two creators of the same name are two people. */
function describeCreators(creators: ZenodoJson['creators']): { authors: string[]; entities: Entity[] } {
  const affiliations = [...new Set(creators.map(({ affiliation }) => affiliation?.trim() ?? ''))].filter(
    (name) => name !== '',
  );
  const organizationId = (name: string): string => `#organizations/${affiliations.indexOf(name) + 1}`;
  const people = new Map<string, Entity>();
  for (const [index, { name, orcid, affiliation = '' }] of creators.entries()) {
    const id = orcidUrl(orcid) ?? `#authors/${index + 1}`;
    const employer = affiliation.trim();
    if (people.has(id)) continue;
    people.set(id, {
      '@id': id,
      '@type': 'Person',
      name,
      affiliation: employer === '' ? undefined : referTo([organizationId(employer)]),
    });
  }
  return {
    authors: [...people.keys()],
    entities: [
      ...people.values(),
      ...affiliations.map((name): Entity => ({ '@id': organizationId(name), '@type': 'Organization', name })),
    ],
  };
}

/** Undefined for what is no ORCID. */
function orcidUrl(text = ''): string | undefined {
  const parsed = parseOrcid(text);
  return 'orcid' in parsed ? `https://orcid.org/${parsed.orcid}` : undefined;
}

function doiUrl(doi: string): string {
  return `https://doi.org/${doi.trim().replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, '')}`;
}
