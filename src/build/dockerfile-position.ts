/** The line, counted from 1, of the FROM that names a base image, as BuildKit writes its reference. */
export function lineOfBase(dockerfile: string, reference: string): number | undefined {
  const name = reference.replace(/^docker\.io\/(?:library\/)?/, '').replace(/:latest$/, '');
  const index = dockerfile.split(/\r?\n/).findIndex((line) => /^\s*FROM\s/i.test(line) && line.includes(name));
  return index < 0 ? undefined : index + 1;
}

/**
 * The line, counted from 1, of the instruction that a BuildKit step such as `[stage 2/4] RUN make` was made from:
 * the first whose text, with continuation lines joined, is the step's.
 */
export function lineOfStep(dockerfile: string, step: string): number | undefined {
  const instruction = normal(step.replace(/^\[[^\]]*\]\s*/, ''));
  if (instruction === '') return undefined;
  const lines = dockerfile.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const first = lines[index] ?? '';
    if (first.trim() === '' || first.trimStart().startsWith('#')) continue;
    const start = index;
    let text = first;
    while (/\\\s*$/.test(text) && index + 1 < lines.length) {
      index++;
      const next = lines[index] ?? '';
      if (!next.trimStart().startsWith('#')) text = text.replace(/\\\s*$/, ' ') + next;
    }
    if (normal(text) === instruction) return start + 1;
  }
  return undefined;
}

function normal(instruction: string): string {
  const [word = '', ...rest] = instruction.trim().split(/\s+/);
  return [word.toUpperCase(), ...rest].join(' ');
}
