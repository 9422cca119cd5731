import { basename } from 'node:path';
import { type Judgement } from '../../dockerfile/rules/judge.js';
import { type Finding, type Rule } from '../../dockerfile/rules/rule.js';
import { oneLine } from '../plain-text.js';

/** What a person reads of a finding. */
export function findingText({ message, remedy }: Finding): string {
  return oneLine(`${message} ${remedy}`);
}

/** Of the web, where a rule’s reason is written down. */
export function sourceOf({ why }: Rule): string | undefined {
  return /https:\/\/[^\s),;]+/.exec(why)?.[0].replace(/[.:]+$/, '');
}

/** “Reproducibility 62 of 100 · 5 findings” */
export function scoreText({ score, findings }: Judgement): string {
  const count = findings.length;
  return `Reproducibility ${score} of 100${count === 0 ? '' : ` · ${count} ${count === 1 ? 'finding' : 'findings'}`}`;
}

/** “2 images” */
export function imagesText(count: number): string {
  return `${count} ${count === 1 ? 'image' : 'images'}`;
}

const mostTold = 2;
const ranks = { error: 0, warning: 1, information: 2 };

/** The score of a Dockerfile, and the gravest of what was found in it; a score of 0 without findings is that of no recipe. */
export function checkText(dockerfile: string, judgement: Judgement): string {
  const { findings } = judgement;
  const gravest = [...findings].sort((a, b) => ranks[a.severity] - ranks[b.severity]).slice(0, mostTold);
  const told = gravest.map(({ line, message }) => `Line ${line}: ${message}`);
  if (judgement.score === 0 && findings.length === 0) told.push('It has no FROM, and makes no image.');
  const rest = findings.length - gravest.length;
  const parts = [
    `${basename(dockerfile)}: ${scoreText(judgement)}.`,
    ...told,
    ...(rest > 0 ? [`And ${rest} more.`] : []),
  ];
  return oneLine(parts.join(' '));
}

/** What was pinned, and what was not and why. */
export function pinnedText(
  pinned: readonly { from: string }[],
  failures: ReadonlyMap<string, { message: string }>,
): string {
  const names = pinned.map(({ from }) => from).join(', ');
  const done = pinned.length === 0 ? 'Nothing is left to pin.' : `Pinned ${imagesText(pinned.length)}: ${names}.`;
  const open = [...failures].map(([reference, { message }]) => `${reference} has no digest: ${message}`);
  return oneLine([done, ...open].join(' '));
}
