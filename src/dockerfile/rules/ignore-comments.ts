import { type Dockerfile } from '../instructions.js';
import { type TextEdit } from '../text-edit.js';
import { type Finding } from './rule.js';

/**
 * Which findings the Dockerfile's comments silence:
 * `# research-containers: ignore RULE, RULE  why` stands on the line before what is found, or before its instruction, among
 * other comments or not, or between the lines of what is found; `# research-containers: ignore-file RULE` anywhere before
 * the first instruction.
 */
export class IgnoreComments {
  private readonly ofFile: ReadonlySet<string>;

  /**
   * @param lines with or without their ends
   * @param firstInstruction its line, counted from 1; undefined where there is none
   */
  constructor(
    private readonly lines: readonly string[],
    firstInstruction: number | undefined,
  ) {
    const top = lines.slice(0, (firstInstruction ?? lines.length + 1) - 1);
    this.ofFile = new Set(top.flatMap((line) => rulesIn(line, 'ignore-file')));
  }

  /** @param instructionLine where the instruction begins that the finding is in, counted from 1 */
  silences({ rule, line, endLine }: Finding, instructionLine: number): boolean {
    if (this.ofFile.has(rule) || this.isIgnoredAbove(line, rule) || this.isIgnoredAbove(instructionLine, rule))
      return true;
    return this.lines.slice(line, endLine).some((text) => rulesIn(text, 'ignore').includes(rule));
  }

  private isIgnoredAbove(line: number, rule: string): boolean {
    for (let above = line - 1; above >= 1; above--) {
      const text = this.lines[above - 1] ?? '';
      if (!/^\s*#/.test(text)) return false;
      if (rulesIn(text, 'ignore').includes(rule)) return true;
    }
    return false;
  }
}

const comment = /^\s*#\s*research-containers:\s*(ignore(?:-file)?)\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)/i;

function rulesIn(line: string, word: 'ignore' | 'ignore-file'): string[] {
  const [, found, rules = ''] = comment.exec(line) ?? [];
  return found?.toLowerCase() === word ? rules.toLowerCase().split(/\s*,\s*/) : [];
}

/**
 * The comment that silences a finding, in front of its instruction, or of the first one for what is above that: in front of
 * a directive, a comment would end the directives. A person adds the reason at its end.
 */
export function ignoreEdit(text: string, { instructions }: Dockerfile, { rule, line: found }: Finding): TextEdit {
  const { startLine: line } = instructions.findLast(({ startLine }) => startLine <= found) ??
    instructions[0] ?? { startLine: found };
  const [lineEnd = '\n'] = /\r?\n/.exec(text) ?? [];
  const start = { line, character: 0 };
  return { start, end: start, newText: `# research-containers: ignore ${rule}  ${lineEnd}` };
}
