import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorCode, Failure } from '../host/failure.js';
import { type Citation, readCitation } from '../project/citation.js';
import { zenodoJson, type ZenodoJson } from './zenodo-json.js';

/**
 * The metadata of a bundle: what is given, else the project's `.zenodo.json` whole, else its CITATION.cff; nothing is
 * merged, as Zenodo merges nothing. Rejects `metadata-missing` and `metadata-invalid`.
 */
export async function readMetadata(project: string, given: ZenodoJson | undefined): Promise<ZenodoJson> {
  if (given !== undefined) return { upload_type: 'software', ...given };
  const file = join(project, '.zenodo.json');
  let text: string | undefined;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (text !== undefined) {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), zenodoJson), text);
    if (parsed.success) return { upload_type: 'software', ...parsed.output };
    const [issue] = parsed.issues;
    throw new Failure(
      'metadata-invalid',
      `${file} is not a valid .zenodo.json: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`,
      'Mend it, then try again.',
      { location: { file, line: 1 } },
    );
  }
  const citation = await readCitation(project);
  if (citation !== undefined) return fromCitation(citation);
  throw new Failure(
    'metadata-missing',
    'Who made this, and what it is called, is not known.',
    'Add a CITATION.cff to the project (https://citation-file-format.github.io), or give title and creators.',
  );
}

/** What Zenodo takes from a CITATION.cff. */
function fromCitation(citation: Citation): ZenodoJson {
  const license = Array.isArray(citation.license) ? citation.license[0] : citation.license;
  return {
    upload_type: 'software',
    title: citation.title,
    creators: citation.authors.map((author) => {
      const orcid = author.orcid?.replace(/^https?:\/\/orcid\.org\//, '');
      const name =
        'name' in author
          ? author.name
          : [author['family-names'], author['given-names']].filter((part) => part !== undefined).join(', ');
      const affiliation = 'affiliation' in author ? author.affiliation : undefined;
      return {
        name,
        ...(affiliation === undefined ? {} : { affiliation }),
        ...(orcid === undefined ? {} : { orcid }),
      };
    }),
    ...(citation.abstract === undefined ? {} : { description: citation.abstract }),
    ...(citation.version === undefined ? {} : { version: citation.version }),
    ...(license === undefined ? {} : { license }),
    ...(citation.keywords.length === 0 ? {} : { keywords: citation.keywords }),
  };
}
