import { posix } from 'node:path';

export interface ShellWord {
  /** Without quotes; variables and substitutions as they are written. */
  text: string;
  /** Where it begins in the script, quotes included. */
  start: number;
  end: number;
  /** Whether it has neither variables nor substitutions. */
  isLiteral: boolean;
  /** The commands in its `$(…)`, `<(…)` and backticks. */
  substitutions: readonly ShellCommand[];
}

export interface Redirection {
  /** Without the number of a file: `>`, `>>`, `<<`. */
  operator: string;
  target: string;
}

/** A simple command, without what is only wrapped around it: `sudo -E env A=b nice pip install x` is a `pip`. */
export interface ShellCommand {
  /** The name of the program, without its folder; empty where there are assignments only, or `$(…)` says which. */
  program: string;
  /** What follows the program. */
  words: readonly ShellWord[];
  /** In front of the program, those of `env` included. */
  assignments: readonly { name: string; value: string }[];
  redirections: readonly Redirection[];
  /** The same for commands that are connected by `|`. */
  pipeline: number;
  /** Where it begins in the script. */
  start: number;
}

/** @param words not empty */
export function commandOf(
  words: readonly ShellWord[],
  redirections: readonly Redirection[],
  pipeline: number,
): ShellCommand {
  const assignments: { name: string; value: string }[] = [];
  let at = 0;
  for (;;) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)\+?=(.*)$/s.exec(words[at]?.text ?? '') ?? [];
    if (name !== undefined) {
      assignments.push({ name, value });
      at++;
      continue;
    }
    const inner = behindWrapper(words, at);
    if (inner === undefined) break;
    at = inner;
  }
  const start = words[0]?.start ?? 0;
  const named = words[at];
  const program = named === undefined || named.substitutions.length > 0 ? '' : posix.basename(named.text);
  return { program, words: words.slice(at + 1), assignments, redirections, pipeline, start };
}

/** Programs that run another one, with those of their options that take a value. */
const wrappers: readonly { program: RegExp; then?: RegExp; valued: RegExp; operands?: number }[] = [
  { program: /^(?:sudo|doas)$/, valued: /^-[a-zA-Z]*[ugpChrtT]$|^--(?:user|group|prompt|host|role|type|chdir)$/ },
  { program: /^env$/, valued: /^-[uC]$|^--(?:unset|chdir)$/ },
  { program: /^(?:exec|command|builtin|nohup|setsid|eatmydata|fakeroot|unbuffer)$/, valued: /^-a$/ },
  { program: /^(?:nice|ionice|chrt|stdbuf)$/, valued: /^-[ncpioe]$/ },
  { program: /^timeout$/, valued: /^-[ks]$|^--(?:kill-after|signal)$/, operands: 1 },
  { program: /^(?:gosu|su-exec)$/, valued: /^$/, operands: 1 },
  { program: /^xargs$/, valued: /^-[adEeIiLlnPs]$|^--(?:arg-file|delimiter|max-args|max-procs|replace)$/ },
  {
    program: /^(?:conda|mamba|micromamba)$/,
    then: /^run$/,
    valued: /^-[nprae]$|^--(?:name|prefix|cwd|root-prefix|attach|env)$/,
  },
  { program: /^(?:poetry|pipenv|pdm|rye|hatch)$/, then: /^run$/, valued: /^$/ },
  {
    program: /^uv$/,
    then: /^run$/,
    valued: /^-p$|^--(?:python|with|group|extra|project|directory|index-url|env-file|package|with-requirements)$/,
  },
  { program: /^pixi$/, then: /^run$/, valued: /^-e$|^--(?:environment|manifest-path)$/ },
];

/** The index of the command that the wrapper at an index runs; undefined where there is no wrapper, or nothing in it. */
function behindWrapper(words: readonly ShellWord[], index: number): number | undefined {
  const name = posix.basename(words[index]?.text ?? '');
  const wrapper = wrappers.find(
    ({ program, then }) => program.test(name) && (then === undefined || then.test(words[index + 1]?.text ?? '')),
  );
  if (wrapper === undefined) return undefined;
  let at = index + (wrapper.then === undefined ? 1 : 2);
  for (let option = words[at]?.text; option?.startsWith('-') === true; option = words[at]?.text) {
    at++;
    if (option === '--') break;
    if (wrapper.valued.test(option)) at++;
  }
  at += wrapper.operands ?? 0;
  return at < words.length ? at : undefined;
}
