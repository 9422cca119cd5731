import * as v from 'valibot';
import { type CrateParts } from '../../../../src/bundle/crate.js';

const reference = v.strictObject({ '@id': v.string() });
const value = v.union([v.string(), reference]);
const entity = v.objectWithRest(
  { '@id': v.string(), '@type': v.union([v.string(), v.array(v.string())]) },
  v.union([value, v.pipe(v.array(value), v.minLength(2))]),
);
export type Entity = v.InferOutput<typeof entity>;

/** Flattened and compacted JSON-LD: no entity within another, no list of one. */
const document = v.strictObject({ '@context': v.array(v.string()), '@graph': v.array(entity) });
export const crate = v.pipe(v.string(), v.parseJson(), document);

/** The terms of the two contexts that a crate of ours may use; JSON-LD silently drops any other. */
const crateTerms = new Set(
  (
    'about actionStatus additionalType affiliation author conformsTo contentSize datePublished description ' +
    'encodingFormat endTime error hasPart identifier instrument isPartOf keywords license mentions name object result ' +
    'softwareVersion startTime value version CreateAction CreativeWork Dataset File Organization Person PropertyValue ' +
    'SoftwareApplication'
  ).split(' '),
);
const runTerms = new Set('containerImage environment registry sha256 tag ContainerImage'.split(' '));

export const linksOf = (subject: Entity | undefined, property: string): string[] => {
  const found = subject?.[property];
  if (found === undefined || typeof found === 'string') return [];
  const all = Array.isArray(found) ? found : [found];
  return all.flatMap((each) => (typeof each === 'string' ? [] : [each['@id']]));
};
export const textOf = (subject: Entity, property: string): string => v.parse(v.string(), subject[property]);
const typesOf = (subject: Entity): string[] => [subject['@type']].flat();
const isAbsolute = (id: string): boolean => /^https?:\/\//.test(id);

/** What of a text breaks a rule that RO-Crate 1.1 or, with runs, Process Run Crate 0.5 states with MUST. */
export function problemsOf(text: string, files: CrateParts['files']): string[] {
  const parsed = v.safeParse(crate, text);
  if (!parsed.success) return parsed.issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  const { '@context': contexts, '@graph': graph } = parsed.output;
  const problems: string[] = [];
  const must = (isMet: boolean, rule: string): void => {
    if (!isMet) problems.push(rule);
  };
  const byId = new Map(graph.map((each) => [each['@id'], each]));
  must(byId.size === graph.length, 'no two entities have the same @id');
  must(contexts[0] === 'https://w3id.org/ro/crate/1.1/context', 'the context is that of RO-Crate');
  must(contexts[1] === 'https://w3id.org/ro/terms/workflow-run/context', 'the context has the terms for runs');

  const descriptor = byId.get('ro-crate-metadata.json');
  must(descriptor?.['@type'] === 'CreativeWork', 'the descriptor is a CreativeWork');
  must(linksOf(descriptor, 'conformsTo')[0] === 'https://w3id.org/ro/crate/1.1', 'the descriptor conforms to 1.1');
  const [rootId = ''] = linksOf(descriptor, 'about');
  const root = byId.get(rootId);
  must(rootId.endsWith('/') && root !== undefined && typesOf(root).includes('Dataset'), 'the root is a Dataset');
  for (const property of ['name', 'description', 'datePublished', 'license']) {
    must(root?.[property] !== undefined && root[property] !== '', `the root has a ${property}`);
  }
  const published = root?.['datePublished'];
  must(typeof published === 'string' && /^\d{4}-\d\d-\d\d$/.test(published), 'the root is published on a day');

  const parts = new Set<string>();
  const follow = (id: string): void => {
    if (parts.has(id)) return;
    parts.add(id);
    linksOf(byId.get(id), 'hasPart').forEach(follow);
  };
  follow(rootId);
  for (const each of graph) {
    const id = each['@id'];
    must(!/[\s<>"{}|\\^`\p{C}]|%(?![0-9A-F]{2})/u.test(id), `${id} is a valid IRI`);
    must(isAbsolute(id) || !/^[^/#]*:|(?:^|\/)\.\.(?:\/|$)/.test(id), `${id} stays in the crate`);
    for (const term of [...typesOf(each), ...Object.keys(each).filter((key) => !key.startsWith('@'))]) {
      must(crateTerms.has(term) || runTerms.has(term), `${term} is in the context`);
    }
    for (const property of Object.keys(each).filter((key) => !key.startsWith('@'))) {
      const isWord = /^(?:actionStatus|additionalType)$/.test(property) || each === descriptor;
      for (const target of linksOf(each, property)) {
        must(byId.has(target) || (isWord && isAbsolute(target)), `${target}, which ${id} names, is described`);
      }
    }
    const isFile = typesOf(each).includes('File');
    if (isFile && !id.startsWith('#')) {
      must(
        files.some(({ name }) => name === decodeURIComponent(id)),
        `${id} is a file of the bundle`,
      );
      must(parts.has(id), `${id} is a part of the root`);
    }
    if (isFile && linksOf(each, 'isPartOf').length > 0) must(parts.has(id), `${id} is a part of the root`);
    if (typesOf(each).includes('CreateAction')) {
      const [instrument = ''] = linksOf(each, 'instrument');
      must(byId.get(instrument)?.['@type'] === 'SoftwareApplication', `${id} has an instrument`);
      must(linksOf(root, 'mentions').includes(id), `${id} is mentioned by the root`);
      must(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/.test(textOf(each, 'endTime')), `${id} has an end`);
    }
  }
  const profile = 'https://w3id.org/ro/wfrun/process/0.5';
  const hasRuns = graph.some((each) => typesOf(each).includes('CreateAction'));
  must(linksOf(root, 'conformsTo').includes(profile) === hasRuns, 'the root conforms to the profile with runs only');
  if (hasRuns) must(byId.get(profile)?.['@type'] === 'CreativeWork', 'the profile is described');
  return problems;
}
