/** A string that is not closed goes up to the end of its line, so that nothing is looked at twice. */
const tokens = /"""|'''|"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$)|#.*|[[\]{}]/g;
const endings = { '"""': /\\.|"""/g, "'''": /'''/g };

/** Follows a value of TOML or JSON that goes on over several lines: an array, a table, or a string of several lines. */
export class Brackets {
  #depth = 0;
  #quote: '"""' | "'''" | undefined;

  private constructor(
    private readonly opening: string,
    private readonly closing: string,
  ) {}

  /** @param line with the beginning of a value at `from`; undefined where the value ends in this line */
  static openAt(line: string, from: number): Brackets | undefined {
    const brackets = Brackets.#for(line, from);
    return brackets === undefined || brackets.endIn(line, from) !== undefined ? undefined : brackets;
  }

  static #for(line: string, from: number): Brackets | undefined {
    if (line.startsWith('[', from)) return new Brackets('[', ']');
    if (line.startsWith('{', from)) return new Brackets('{', '}');
    const isString = line.startsWith('"""', from) || line.startsWith("'''", from);
    return isString ? new Brackets('', '') : undefined;
  }

  /** Where the value ends in its next line, as the place behind it; undefined where it goes on. */
  endIn(line: string, from = 0): number | undefined {
    if (this.#quote === undefined && from === 0 && this.#isPlain(line)) return undefined;
    let at = from;
    for (;;) {
      if (this.#quote !== undefined) {
        const end = endOfString(line, at, this.#quote);
        if (end === undefined) return undefined;
        this.#quote = undefined;
        at = end;
        if (this.#depth === 0) return at;
      }
      tokens.lastIndex = at;
      const token = tokens.exec(line)?.[0];
      if (token === undefined) return undefined;
      at = tokens.lastIndex;
      if (token === '"""' || token === "'''") this.#quote = token;
      else if (token === this.opening) this.#depth += 1;
      else if (token === this.closing) {
        this.#depth -= 1;
        if (this.#depth === 0) return at;
      }
    }
  }

  /** Most lines have nothing in them that opens or closes what is followed. */
  #isPlain(line: string): boolean {
    return (
      !line.includes(this.opening) && !line.includes(this.closing) && !line.includes('"""') && !line.includes("'''")
    );
  }
}

/** Up to two quotes may belong to the string, right in front of the three that end it. */
function endOfString(line: string, from: number, quote: '"""' | "'''"): number | undefined {
  const pattern = endings[quote];
  pattern.lastIndex = from;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    if (match[0] !== quote) continue;
    let end = pattern.lastIndex;
    while (end < match.index + 5 && line[end] === quote[0]) end += 1;
    return end;
  }
  return undefined;
}
