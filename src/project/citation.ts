import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorCode, Failure } from '../host/failure.js';
import { parseYaml } from './yaml.js';

const text = v.pipe(v.union([v.string(), v.number()]), v.transform(String));

const author = v.union([
  v.object({
    'family-names': v.string(),
    'given-names': v.optional(v.string()),
    affiliation: v.optional(v.string()),
    orcid: v.optional(v.string()),
  }),
  v.object({ name: v.string(), orcid: v.optional(v.string()) }),
]);

const citation = v.object({
  'cff-version': text,
  message: v.string(),
  title: v.string(),
  authors: v.pipe(v.array(author), v.minLength(1)),
  version: v.optional(text),
  abstract: v.optional(v.string()),
  license: v.optional(v.union([v.string(), v.array(v.string())])),
  keywords: v.optional(v.array(v.string()), []),
  doi: v.optional(v.string()),
  'repository-code': v.optional(v.string()),
});

/** A CITATION.cff as the Citation File Format 1.2.0 defines it, as far as this extension uses it. */
export type Citation = v.InferOutput<typeof citation>;

/** Reads the folder's CITATION.cff; undefined when there is none. Rejects `metadata-invalid` with what is wrong. */
export async function readCitation(folder: string): Promise<Citation | undefined> {
  const file = join(folder, 'CITATION.cff');
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = parseYaml(content);
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
  const result = v.safeParse(citation, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalid(file, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}

function invalid(file: string, problem: string): Failure {
  return new Failure(
    'metadata-invalid',
    `${file} is not a valid CITATION.cff: ${problem}`,
    'Mend it (see https://citation-file-format.github.io), then try again.',
    { location: { file, line: 1 } },
  );
}
