import { basename } from 'node:path';
import { referencesToPin } from '../../dockerfile/pin-references.js';
import { contextNotIgnored } from '../../dockerfile/rules/dockerignore-rules.js';
import { ignoreEdit } from '../../dockerfile/rules/ignore-comments.js';
import { type Finding } from '../../dockerfile/rules/rule.js';
import { rules } from '../../dockerfile/rules/rules.js';
import { type TextEdit } from '../../dockerfile/text-edit.js';
import { type JudgedFile } from './judge-file.js';

/** Something that can be done about a finding. */
export type Offer = { title: string; finding: Finding } & (
  | { kind: 'edit' | 'ignore'; edits: readonly TextEdit[] }
  | { kind: 'pin'; reference: string }
  | { kind: 'pin-all' }
  /** The ignore file is made, or added to. */
  | { kind: 'write-ignore-file' }
  | { kind: 'why' }
);

/** Whether a finding can be mended without a person. */
export function isFixable({ rule, fix }: Finding, { context }: JudgedFile): boolean {
  return fix !== undefined || (rule === contextNotIgnored.id && context.project !== undefined);
}

/**
 * What is offered for findings of a Dockerfile: what mends them first, then what explains and silences them.
 *
 * @param isTrusted whether registries may be asked
 */
export function offersFor(findings: readonly Finding[], judged: JudgedFile, isTrusted: boolean): Offer[] {
  const mending = findings.flatMap((finding) => mendingOf(finding, judged, isTrusted));
  const pins = mending.filter(({ kind }) => kind === 'pin');
  const isMore = pins.length > 0 && referencesToPin(judged.context.text).length > 1;
  const all = pins
    .slice(0, 1)
    .map(({ finding }): Offer => ({ kind: 'pin-all', title: 'Pin All Base Images', finding }));
  return [
    ...distinct(mending),
    ...(isMore ? all : []),
    ...distinct(findings.map(whyOf)),
    ...distinct(findings.map((finding) => ignoreOf(finding, judged))),
  ];
}

/** Two rules may offer the same: to pin an image that has neither version nor digest. */
function distinct(offers: readonly Offer[]): Offer[] {
  return [...new Map(offers.map((offer) => [`${offer.kind} ${offer.title} ${offer.finding.line}`, offer])).values()];
}

function mendingOf(finding: Finding, { context, ignoreFile }: JudgedFile, isTrusted: boolean): Offer[] {
  const { rule, fix } = finding;
  if (fix?.kind === 'edit') return [{ kind: 'edit', title: fix.title, finding, edits: fix.edits }];
  if (fix?.kind === 'pin')
    return isTrusted ? [{ kind: 'pin', title: fix.title, finding, reference: fix.reference }] : [];
  if (rule !== contextNotIgnored.id || context.project === undefined) return [];
  const verb = ignoreFile.text === undefined ? 'Write' : 'Add to';
  return [{ kind: 'write-ignore-file', title: `${verb} ${basename(ignoreFile.path)}`, finding }];
}

function whyOf(finding: Finding): Offer {
  const title = rules.find(({ id }) => id === finding.rule)?.title ?? finding.rule;
  return { kind: 'why', title: `Why? ${title}`, finding };
}

function ignoreOf(finding: Finding, { context: { text, dockerfile } }: JudgedFile): Offer {
  const edits = [ignoreEdit(text, dockerfile, finding)];
  return { kind: 'ignore', title: `Ignore This Rule Here: ${finding.rule}`, finding, edits };
}
