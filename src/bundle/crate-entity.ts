/** How an entity of an RO-Crate names another one. */
export interface Reference {
  '@id': string;
}

/** One entry of an RO-Crate's `@graph`; what is undefined is not written. */
export interface Entity {
  '@id': string;
  '@type': string | readonly string[];
  readonly [property: string]: string | Reference | readonly (string | Reference)[] | undefined;
}

/** Refers to entities as compacted JSON-LD does: one stands alone, and none is left out. */
export function referTo(ids: readonly string[]): Reference | readonly Reference[] | undefined {
  const references = [...new Set(ids)].map((id) => ({ '@id': id }));
  return references.length > 1 ? references : references[0];
}

/** A path as a part of an IRI: letters and digits of every script stay, as RO-Crate prefers it; the rest is %-encoded. */
export function encodePath(path: string): string {
  return path.replace(/[^\p{L}\p{N}\-._~/]+/gu, (text) => encodeURIComponent(text.replace(/\p{Cs}/gu, '\uFFFD')));
}

const encodingFormats: Readonly<Record<string, string>> = {
  cff: 'application/yaml',
  csv: 'text/csv',
  gz: 'application/gzip',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/markdown',
  patch: 'text/plain',
  pdf: 'application/pdf',
  png: 'image/png',
  ps1: 'text/plain',
  sh: 'application/x-sh',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  zip: 'application/zip',
};

/** The media type that the ending of a file's name stands for; undefined where it stands for none that is sure. */
export function encodingFormatOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(?:Dockerfile|LICENSE|SHA256SUMS)$/.test(name)) return 'text/plain';
  const ending = /.\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(encodingFormats, ending) ? encodingFormats[ending] : undefined;
}
