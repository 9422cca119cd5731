import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { judgeDockerfile, type Judgement } from '../../../../src/dockerfile/rules/judge.js';
import { type Finding, type RuleContext } from '../../../../src/dockerfile/rules/rule.js';

export type Given = Partial<Omit<RuleContext, 'text' | 'dockerfile'>>;

/** Built for amd64, in no project, with an ignore file that keeps git out, unless something else is given. */
export function judge(text: string, given: Given = {}): Judgement {
  return judgeDockerfile({
    text,
    dockerfile: parseDockerfile(text),
    platforms: ['linux/amd64'],
    project: undefined,
    dockerignore: '.git\n',
    ...given,
  });
}

/** The findings of one rule. */
export function findingsOf(rule: string, text: string, given: Given = {}): Finding[] {
  return judge(text, given).findings.filter((finding) => finding.rule === rule);
}

/** A row of a test: what is judged, the Dockerfile, the lines of the findings. */
export type Case = readonly [what: string, text: string, lines: readonly number[], given?: Given];
