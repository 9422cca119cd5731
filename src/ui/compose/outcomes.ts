const outcome = /^([\w.-]+): (runs|failed|not started)\b(?:,? \(?(\w+)\)?)?$/;

/** What a failed “Up” says of each service, apart from what programs printed: `db runs, web failed`. */
export function outcomesIn(output: readonly string[]): { outcomes: string[]; printed: string[] } {
  const outcomes: string[] = [];
  const printed: string[] = [];
  for (const line of output) {
    const found = outcome.exec(line);
    if (found === null) printed.push(line);
    else outcomes.push(`${found[1] ?? ''} ${found[2] ?? ''}`);
  }
  return { outcomes, printed };
}
