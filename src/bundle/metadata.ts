import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorCode, Failure } from '../host/failure.js';
import { type Citation, readCitation } from '../project/citation.js';
import { licenceProblem, spdxLicence } from './licence.js';
import { parseOrcid } from './orcid.js';
import { zenodoJson, type ZenodoJson } from './zenodo-json.js';

const fileName = '.zenodo.json';

/**
 * The metadata of a bundle: what is given, else the project's `.zenodo.json` whole, else its CITATION.cff; nothing is
 * merged, as Zenodo merges nothing. Rejects `metadata-missing` and `metadata-invalid`.
 */
export async function readMetadata(project: string, given: ZenodoJson | undefined): Promise<ZenodoJson> {
  if (given !== undefined) return { upload_type: 'software', ...given };
  const file = join(project, fileName);
  const text = await readIfThere(file);
  if (text !== undefined) {
    const parsed = v.safeParse(zenodoJson, parseObject(file, text));
    if (parsed.success) return { upload_type: 'software', ...parsed.output };
    throw invalid(file, pathOf(parsed.issues[0]), parsed.issues[0].message);
  }
  const citation = await readCitation(project);
  if (citation !== undefined) return fromCitation(citation);
  throw new Failure(
    'metadata-missing',
    'Who made this, and what it is called, is not known.',
    'Add a CITATION.cff to the project (https://citation-file-format.github.io), or give title and creators.',
  );
}

/**
 * Writes the metadata to the project's `.zenodo.json`, as a whole or not at all. What the file says besides stays: keys
 * that are not given, and those of a creator who is in it with the same ORCID iD or else name. A key that is given as
 * undefined, or as an empty text, is taken away. Rejects `metadata-invalid` where the metadata is not valid, or where the
 * file that is there cannot be parsed: it is left alone then.
 */
export async function writeMetadata(project: string, metadata: ZenodoJson): Promise<void> {
  const file = join(project, fileName);
  const parsed = v.safeParse(zenodoJson, metadata);
  if (!parsed.success) throw invalid(file, pathOf(parsed.issues[0]), parsed.issues[0].message);
  const text = await readIfThere(file);
  const former = text === undefined ? {} : parseObject(file, text);
  const formerCreators = Array.isArray(former['creators']) ? former['creators'].filter(isObject) : [];
  const creators = parsed.output.creators.map((creator) => ({ ...formerOf(creator, formerCreators), ...creator }));
  const whole = { ...former, ...parsed.output, creators };
  const indent = /^\{\r?\n([ \t]+)"/.exec(text ?? '')?.[1] ?? '  ';
  const partial = `${file}.partial`;
  try {
    await writeFile(partial, `${JSON.stringify(whole, null, indent)}\n`);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * What a good record on Zenodo would have and this metadata lacks, or has wrong, each with the dotted path of the field
 * that it is about (`creators.0.orcid`); at most one a field.
 */
export function metadataProblems(metadata: ZenodoJson): { path: string; problem: string }[] {
  const parsed = v.safeParse(zenodoJson, metadata);
  const wrong = (parsed.issues ?? []).map((issue) => ({ path: pathOf(issue), problem: issue.message }));
  const lacking = [
    ...metadata.creators.flatMap((creator, index) => creatorProblems(creator, `creators.${index}`)),
    ...missing('description', metadata.description, 'Say what this is, and what it is good for.'),
    ...licenceProblems(metadata.license),
    ...missing('keywords', metadata.keywords?.join(''), 'Give some keywords, for others to find this.'),
    ...missing('version', metadata.version, 'Give a version, to tell this from what comes later.'),
  ];
  const problems = new Map<string, { path: string; problem: string }>();
  for (const problem of [...wrong, ...lacking]) {
    if (!problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return [...problems.values()];
}

function creatorProblems(
  { name, orcid }: ZenodoJson['creators'][number],
  path: string,
): { path: string; problem: string }[] {
  if (!/^\s*[^\s,][^,]*,.*[^\s,]/.test(name)) {
    // A group has no ORCID iD, and whether this is one cannot be told.
    return [
      { path: `${path}.name`, problem: 'Write a person as “Family, Given”; the name of a group may stay as it is.' },
    ];
  }
  return missing(
    `${path}.orcid`,
    orcid,
    'Give the ORCID iD (https://orcid.org), which tells people of one name apart.',
  );
}

function licenceProblems(license: string | undefined): { path: string; problem: string }[] {
  if (isBlank(license)) {
    return [{ path: 'license', problem: 'Choose a licence: without one, nobody else may use this.' }];
  }
  const spdx = spdxLicence(license);
  const problem = spdx === undefined ? undefined : licenceProblem(spdx);
  return problem === undefined ? [] : [{ path: 'license', problem }];
}

function missing(path: string, value: string | undefined, problem: string): { path: string; problem: string }[] {
  return isBlank(value) ? [{ path, problem }] : [];
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '';
}

function formerOf(
  { name, orcid }: ZenodoJson['creators'][number],
  former: readonly Record<string, unknown>[],
): Record<string, unknown> | undefined {
  const sameOrcid = former.find((other) => {
    const parsed = parseOrcid(typeof other['orcid'] === 'string' ? other['orcid'] : '');
    return 'orcid' in parsed && parsed.orcid === orcid;
  });
  return sameOrcid ?? former.find((other) => other['name'] === name);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseObject(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    // Some editors on Windows begin a file with a byte order mark.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw invalid(file, 'the file', error instanceof Error ? error.message : String(error));
  }
  if (isObject(value)) return value;
  throw invalid(file, 'the file', 'It must be an object in braces.');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return v.getDotPath(issue) ?? 'the file';
}

function invalid(file: string, path: string, problem: string): Failure {
  return new Failure(
    'metadata-invalid',
    `${file} is not a valid .zenodo.json: ${path}: ${problem}`,
    'Mend it, then try again.',
    { location: { file, line: 1 } },
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
