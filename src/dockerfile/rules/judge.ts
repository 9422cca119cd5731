import { type Instruction } from '../instructions.js';
import { IgnoreComments } from './ignore-comments.js';
import { type Finding, type RuleContext } from './rule.js';
import { rules } from './rules.js';
import { subjectOf } from './subject.js';

export interface Judgement {
  /**
   * From 0 to 100: what is left of 100 when each rule that is not kept has taken its weight, once, however often it is
   * broken. Silenced findings take nothing. A file without a FROM is no recipe and has 0.
   */
  score: number;
  /** In the order of their lines. */
  findings: readonly Finding[];
}

/**
 * Judges how well a Dockerfile makes the same image again. Its rules are those of Nüst et al. 2020 (“Ten simple rules for
 * writing Dockerfiles for reproducible data science”, https://doi.org/10.1371/journal.pcbi.1008316) as far as a text
 * shows them, and what makes research images fail later. Syntax and flags are left to BuildKit's own checks.
 */
export function judgeDockerfile(context: RuleContext): Judgement {
  const subject = subjectOf(context);
  if (subject.stages.length === 0) return { score: 0, findings: [] };
  const { instructions } = context.dockerfile;
  const comments = new IgnoreComments(subject.lines, instructions[0]?.startLine);
  const all = rules.flatMap((rule) => rule.check(subject).map((found): Finding => ({ rule: rule.id, ...found })));
  const findings = all
    .filter((finding) => !comments.silences(finding, startOf(instructions, finding.line)))
    .sort((a, b) => a.line - b.line);
  const broken = new Set(findings.map(({ rule }) => rule));
  const lost = rules.reduce((sum, { id, weight }) => sum + (broken.has(id) ? weight : 0), 0);
  return { score: Math.max(0, 100 - lost), findings };
}

/** Where the instruction begins that a line is in. */
function startOf(instructions: readonly Instruction[], line: number): number {
  let low = 0;
  let high = instructions.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((instructions[middle]?.startLine ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return instructions[low]?.startLine ?? line;
}
