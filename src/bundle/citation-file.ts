import { stringify } from 'yaml';
import { publicUrl } from '../project/git.js';
import { cffLicences } from './cff-licences.js';
import { spdxLicence } from './licence.js';
import { parseOrcid } from './orcid.js';
import { plainText } from './plain-text.js';
import { isDate, type ZenodoJson } from './zenodo-json.js';

/**
 * The text of a CITATION.cff 1.2.0 (https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md)
 * for a record. What the format does not take is left out: a licence that its list does not have, the affiliation of a
 * group, an ORCID iD or a DOI that is none.
 *
 * `doi` may also be an address of doi.org, `repository` any remote of git that others can reach, `date` a day or a time
 * in ISO 8601; without it, the record's publication date counts.
 */
export function formatCitation(
  metadata: ZenodoJson,
  more: { doi?: string; repository?: string; commit?: string; date?: string },
): string {
  const { title, version, description, keywords, license, upload_type: type } = metadata;
  const licence = spdxLicence(license ?? '');
  const words = [...new Set(keywords?.map((word) => word.trim()))].filter((word) => word !== '');
  const citation = {
    'cff-version': '1.2.0',
    message: 'If you use this work, please cite it as described here.',
    ...given('type', type === 'software' || type === 'dataset' ? type : undefined),
    title,
    authors: unique(metadata.creators.map(authorOf)),
    ...given('version', version),
    ...given('abstract', description === undefined ? undefined : plainText(description)),
    ...given('keywords', words.length === 0 ? undefined : words),
    ...given('license', licence !== undefined && cffLicences.has(licence) ? licence : undefined),
    ...given('doi', bareDoi(more.doi ?? '')),
    ...given('repository-code', publicUrl(more.repository ?? '')),
    ...given('commit', more.commit),
    ...given('date-released', dayOf(more.date) ?? dayOf(metadata.publication_date)),
  };
  // Readers of YAML 1.1 would take the plain words `no` and `1.10` for something else than texts.
  return stringify(citation, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 });
}

type Author = { 'family-names': string; 'given-names'?: string; affiliation?: string; orcid?: string } | Entity;
interface Entity {
  name: string;
  orcid?: string;
}

/** Zenodo writes persons as “Family, Given”; a name without a comma is read as that of a group. */
function authorOf({ name, affiliation, orcid }: ZenodoJson['creators'][number]): Author {
  const parsed = parseOrcid(orcid ?? '');
  const iri = given('orcid', 'orcid' in parsed ? `https://orcid.org/${parsed.orcid}` : undefined);
  const [family = '', ...rest] = name.split(',').map((part) => part.trim());
  const givenNames = rest.filter((part) => part !== '').join(', ');
  if (rest.length === 0 || family === '') return { name: name.replace(/^[\s,]+/, '').trim() || name, ...iri };
  return {
    'family-names': family,
    ...given('given-names', givenNames),
    ...given('affiliation', affiliation?.trim()),
    ...iri,
  };
}

/** The property where there is a value that is not empty, to be spread into an object. */
function given<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  const property: Partial<Record<Key, Value>> = {};
  if (value !== undefined && value !== '') property[key] = value;
  return property;
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function bareDoi(doi: string): string | undefined {
  const bare = doi.trim().replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, '');
  return /^10\.\d{4,9}(?:\.\d+)?\/[\w:/;\-.()[\]\\]+$/.test(bare) ? bare : undefined;
}

function dayOf(date = ''): string | undefined {
  const day = /^\d{4}-\d\d-\d\d(?=$|T)/.exec(date.trim())?.[0];
  return day !== undefined && isDate(day) ? day : undefined;
}
