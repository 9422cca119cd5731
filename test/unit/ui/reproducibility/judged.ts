import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { judgeDockerfile } from '../../../../src/dockerfile/rules/judge.js';
import { type RuleContext } from '../../../../src/dockerfile/rules/rule.js';
import { type JudgedFile } from '../../../../src/ui/reproducibility/judge-file.js';

/** A Dockerfile of /home/maria/study, judged in no project unless one is given. */
export function judged(text: string, given: Partial<Pick<RuleContext, 'project' | 'dockerignore'>> = {}): JudgedFile {
  const context: RuleContext = {
    text,
    dockerfile: parseDockerfile(text),
    platforms: [],
    project: undefined,
    dockerignore: undefined,
    ...given,
  };
  const ignoreFile = { path: '/home/maria/study/.dockerignore', text: context.dockerignore };
  return { ...judgeDockerfile(context), context, ignoreFile };
}
