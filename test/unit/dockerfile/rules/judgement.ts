import assert from 'node:assert/strict';
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

/** A digest of the right form. */
export const digest = `sha256:${'0'.repeat(64)}`;
/** Built for two platforms. */
export const both: Given = { platforms: ['linux/amd64', 'linux/arm64'] };

/** A file with one RUN. */
export function run(words: string, from = 'debian:12'): string {
  return `FROM ${from}\nRUN ${words}`;
}

/** The findings of one rule. */
export function findingsOf(rule: string, text: string, given: Given = {}): Finding[] {
  return judge(text, given).findings.filter((finding) => finding.rule === rule);
}

/** A row of a test: what is judged, the Dockerfile, the lines of the findings. */
export type Case = readonly [what: string, text: string, lines: readonly number[], given?: Given];

/** Tests of rules: the findings of each are exactly those on the lines of its rows. */
export function checkRules(rules: Readonly<Record<string, readonly Case[]>>): void {
  for (const [rule, cases] of Object.entries(rules)) {
    describe(`the rule ${rule}`, () => {
      for (const [what, text, lines, given] of cases) {
        it(`${lines.length > 0 ? 'finds' : 'leaves'} ${what}`, () => {
          assert.deepEqual(
            findingsOf(rule, text, given).map(({ line }) => line),
            lines,
          );
        });
      }
    });
  }
}
