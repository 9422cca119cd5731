import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { type Piece, readSnippet } from './expand.js';

const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(
    v.string(),
    v.strictObject({
      prefix: v.string(),
      description: v.string(),
      body: v.array(v.pipe(v.string(), v.excludes('\n'))),
    }),
  ),
);

export interface Snippet {
  name: string;
  prefix: string;
  description: string;
  pieces: readonly Piece[];
}

/** The snippets of a file of `snippets/`. */
export function snippetsOf(file: string): Snippet[] {
  return Object.entries(v.parse(fileSchema, readFileSync(`snippets/${file}`, 'utf8'))).map(
    ([name, { prefix, description, body }]) => ({ name, prefix, description, pieces: readSnippet(body.join('\n')) }),
  );
}
