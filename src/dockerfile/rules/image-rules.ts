import { posix } from 'node:path';
import { commandLabel, outputLabel } from '../../image/own-labels.js';
import { jsonList } from '../instructions.js';
import { labels } from '../labels.js';
import { runsAsRoot, startsNothing } from './known-bases.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { endOfLine, lineEnd, linesOfInstruction, type Subject, wordsOfChain } from './subject.js';

/** Something of the whole image: it stands at the FROM of the last stage. */
function ofImage(subject: Subject, observation: Omit<Observation, 'line' | 'endLine'>): Observation[] {
  const last = subject.final.at(-1);
  return last === undefined ? [] : [{ ...observation, line: last.line, endLine: last.line }];
}

/** The image that the last stage begins with in the end. */
function finalBase({ final }: Subject): string | undefined {
  const base = final[0]?.base;
  return base?.kind === 'image' ? base.reference : undefined;
}

export const runsAsRootRule: Rule = {
  id: 'runs-as-root',
  title: 'The program runs as a user without special rights',
  why:
    'What root leaves in a bound folder belongs to root on the host, and some clusters run no container as root ' +
    '(https://docs.docker.com/build/building/best-practices/#user).',
  weight: 3,
  needsNetwork: false,
  check: (subject) => {
    const all = subject.final.flatMap(({ instructions }) => instructions);
    const user = all.findLast(({ keyword }) => keyword === 'USER');
    const base = finalBase(subject);
    const remedy =
      'Add a user that owns the folder for results, as in “RUN useradd --create-home researcher” and “USER researcher” behind the last installation.';
    // An entrypoint may change the user itself.
    if (/\b(?:gosu|su-exec|setpriv|fixuid)\b/.test(wordsOfChain(subject.final))) return [];
    if (user !== undefined) {
      if (!/^["']?(?:root|0)(?::|["']?$)/.test(user.arguments)) return [];
      const message = 'The image is left with root as its user.';
      return [{ severity: 'information', ...linesOfInstruction(user), message, remedy, fix: undefined }];
    }
    if (base === undefined || !runsAsRoot(base)) return [];
    return ofImage(subject, {
      severity: 'information',
      message: 'Nothing sets a user: the program runs as root.',
      remedy,
      fix: undefined,
    });
  },
};

export const noOutputFolder: Rule = {
  id: 'no-output-folder',
  title: 'The image says where its results go',
  why:
    'Whoever runs the image has to know which folder to bind to get the results: “mount data at run time” and ' +
    '“one-click runnable” (Nüst et al. 2020, https://doi.org/10.1371/journal.pcbi.1008316, rules 7 and 8).',
  weight: 3,
  needsNetwork: false,
  check: (subject) => {
    const [output] = subject.project?.outputs ?? [];
    const all = subject.final.flatMap(({ instructions }) => instructions);
    if (output === undefined || all.some(({ keyword }) => keyword === 'VOLUME')) return [];
    if (labels(subject.dockerfile).includes(outputLabel)) return [];
    const workdir = workdirOf(subject);
    const folder = workdir === undefined ? undefined : posix.join(workdir, output.folder);
    return ofImage(subject, {
      severity: 'information',
      message: `The project writes to “${output.folder}”, but the image does not say so: whoever runs it has to find out which folder to bind.`,
      remedy: `Name the folder in a label: LABEL ${outputLabel}="${folder ?? '/folder/in/the/container'}"`,
      fix:
        folder === undefined || /["\\$]/.test(folder)
          ? undefined
          : appended(subject, `LABEL ${outputLabel}="${folder}"`, 'Add the label'),
    });
  },
};

/** The last WORKDIR of the image, absolute; undefined where it is not known. */
function workdirOf({ final }: Subject): string | undefined {
  let folder: string | undefined;
  for (const { keyword, arguments: words } of final.flatMap(({ instructions }) => instructions)) {
    if (keyword !== 'WORKDIR') continue;
    const path = words.replace(/^(["'])(.*)\1$/, '$2');
    if (path.includes('$')) folder = undefined;
    else if (path.startsWith('/')) folder = posix.normalize(path);
    else folder = folder === undefined ? undefined : posix.join(folder, path);
  }
  return folder;
}

export const noLabels: Rule = {
  id: 'no-labels',
  title: 'The image says what it is',
  why:
    'Title, source and licence as labels stay with the image wherever it goes ' +
    '(https://github.com/opencontainers/image-spec/blob/main/annotations.md; Nüst et al. 2020, rule 4).',
  weight: 1,
  needsNetwork: false,
  check: (subject) => {
    if (labels(subject.dockerfile).some((label) => label.startsWith('org.opencontainers.image.'))) return [];
    // A label whose name is a variable's value may be one.
    const open = subject.final.some(({ instructions }) =>
      instructions.some(({ keyword, arguments: words }) => keyword === 'LABEL' && /\$\{?\w+\}?[\w.]*=/.test(words)),
    );
    const title = subject.project?.name;
    if (open) return [];
    return ofImage(subject, {
      severity: 'information',
      message: 'No label says what the image is, where its source is, and under which licence.',
      remedy:
        'Add LABEL org.opencontainers.image.title, .source and .licenses. “Build Research Image…” adds what the project’s CITATION.cff and git say.',
      fix:
        title === undefined || /["\\$\r\n]/.test(title)
          ? undefined
          : appended(subject, `LABEL org.opencontainers.image.title="${title}"`, 'Add a label with the title'),
    });
  },
};

export const noCommand: Rule = {
  id: 'no-command',
  title: 'The image runs something by itself',
  why: '“One-click runnable” (Nüst et al. 2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 8).',
  weight: 3,
  needsNetwork: false,
  check: (subject) => {
    const all = subject.final.flatMap(({ instructions }) => instructions);
    if (all.some(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT')) return [];
    const base = finalBase(subject);
    if (base === undefined || !startsNothing(base) || labels(subject.dockerfile).includes(commandLabel)) return [];
    const [entry] = subject.project?.entries ?? [];
    const command = entry === undefined ? undefined : JSON.stringify(entry.command).replaceAll('","', '", "');
    return ofImage(subject, {
      severity: 'information',
      message: 'The image has no command: whoever runs it has to find out what to type.',
      remedy: `End with the command of the main experiment: CMD ${command ?? '["python", "main.py"]'}`,
      fix:
        command === undefined || jsonList(command) === undefined
          ? undefined
          : appended(subject, `CMD ${command}`, `Add CMD ${command}`),
    });
  },
};

/** A line behind the last instruction. */
function appended(subject: Subject, line: string, title: string): Fix | undefined {
  const { dockerfile, lines } = subject;
  const last = dockerfile.instructions.at(-1);
  // What is continued, or is a heredoc without its end, takes the new line for its own.
  const written = lines[(last?.endLine ?? 0) - 1]?.trimEnd() ?? '';
  const [heredoc] = last?.heredocs.slice(-1) ?? [];
  if (last === undefined || written.endsWith(dockerfile.escape)) return undefined;
  if (heredoc !== undefined && written.replace(/^\t+/, '') !== heredoc.name) return undefined;
  const end = endOfLine(subject, last.endLine);
  return { kind: 'edit', title, edits: [{ start: end, end, newText: lineEnd(subject) + line }] };
}
