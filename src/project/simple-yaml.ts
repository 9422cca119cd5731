/** Levels that are followed; more of them are left to the library. */
const deepest = 50;
const [newline, space] = [0x0a, 0x20];
const simpleKey = /^(?!__proto__$)[A-Za-z_][\w.-]{0,100}$/;
/** Words of YAML's core schema that are no strings (https://yaml.org/spec/1.2.2/#1032-tag-resolution). */
const words = new Map<string, boolean | null>([
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

/**
 * The value of a YAML document that has nothing in it but lists and mappings by indentation, and values of one line each: as
 * lock files are. Some thirty times as fast as the library. Undefined for all other documents, broken ones included.
 */
export function parseSimpleYaml(text: string): object | undefined {
  try {
    return new SimpleYaml(text).document();
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

class NotSimple extends Error {}

class SimpleYaml {
  #position = 0;
  /** Of the current line; -1 behind the last one. */
  #indent = -1;
  /** The current line without its indentation and the spaces at its end. */
  #content = '';
  #depth = 0;

  constructor(private readonly text: string) {
    // What is no indentation, no line end or no character of YAML is the library's to judge.
    // eslint-disable-next-line no-control-regex -- these are what is looked for.
    if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufeff\ufffe\uffff]/.test(text)) throw new NotSimple();
    this.#advance();
  }

  document(): object {
    const value = this.#block();
    if (this.#indent >= 0) throw new NotSimple();
    return value;
  }

  /** Goes to the next line that is neither empty nor a comment. */
  #advance(): void {
    const { text } = this;
    let start = this.#position;
    while (start < text.length) {
      // Of a lock file that was skimmed, most lines are empty.
      if (text.charCodeAt(start) === newline) {
        start += 1;
        continue;
      }
      const found = text.indexOf('\n', start);
      const lineEnd = found < 0 ? text.length : found;
      let first = start;
      while (first < lineEnd && text.charCodeAt(first) === space) first += 1;
      if (first < lineEnd && text[first] !== '#') {
        let end = lineEnd;
        while (text.charCodeAt(end - 1) === space) end -= 1;
        this.#indent = first - start;
        this.#content = text.slice(first, end);
        this.#position = lineEnd + 1;
        return;
      }
      start = lineEnd + 1;
    }
    this.#position = start;
    this.#indent = -1;
    this.#content = '';
  }

  /** The list or mapping that the current line begins. */
  #block(): object {
    this.#depth += 1;
    if (this.#indent < 0 || this.#depth > deepest) throw new NotSimple();
    const value = isEntry(this.#content) ? this.#list() : this.#mapping();
    this.#depth -= 1;
    return value;
  }

  #list(): unknown[] {
    const indent = this.#indent;
    const values: unknown[] = [];
    while (this.#indent === indent && isEntry(this.#content)) {
      let start = 1;
      while (this.#content[start] === ' ') start += 1;
      const rest = this.#content.slice(start);
      if (rest === '') {
        this.#advance();
        values.push(this.#indent > indent ? this.#block() : null);
      } else if (isEntry(rest) || keyEnd(rest) > 0) {
        // What stands behind the dash is the first line of a block of its own.
        this.#indent = indent + start;
        this.#content = rest;
        values.push(this.#block());
      } else {
        values.push(this.#scalar(rest, indent));
      }
    }
    if (this.#indent > indent) throw new NotSimple();
    return values;
  }

  #mapping(): object {
    const indent = this.#indent;
    const values: Record<string, unknown> = {};
    while (this.#indent === indent && !isEntry(this.#content)) {
      const end = keyEnd(this.#content);
      const key = this.#content.slice(0, Math.max(0, end));
      if (!simpleKey.test(key) || words.has(key) || Object.hasOwn(values, key)) throw new NotSimple();
      const rest = this.#content.slice(end + 1).trimStart();
      if (rest !== '') {
        values[key] = this.#scalar(rest, indent);
      } else {
        this.#advance();
        const isBlock = this.#indent > indent || (this.#indent === indent && isEntry(this.#content));
        values[key] = isBlock ? this.#block() : null;
      }
    }
    if (this.#indent > indent) throw new NotSimple();
    return values;
  }

  /** A value at the end of the current line; one that goes on in the next line is not simple. */
  #scalar(text: string, indent: number): unknown {
    this.#advance();
    if (this.#indent > indent) throw new NotSimple();
    return scalar(text);
  }
}

function isEntry(content: string): boolean {
  return content[0] === '-' && (content.length === 1 || content[1] === ' ');
}

/** Where the colon behind a key is; -1 where the line has none. */
function keyEnd(content: string): number {
  const inside = content.indexOf(': ');
  if (inside >= 0) return inside;
  return content.endsWith(':') ? content.length - 1 : -1;
}

function scalar(text: string): unknown {
  const first = text.charAt(0);
  if (first === "'" || first === '"') {
    const inner = text.slice(1, -1);
    if (text.length < 2 || !text.endsWith(first) || inner.includes(first) || (first === '"' && inner.includes('\\'))) {
      throw new NotSimple();
    }
    return inner;
  }
  if (text === '[]') return [];
  if (text === '{}') return {};
  if ('[]{}&*!|>%@`#,?:-+~'.includes(first) || text.includes(' #') || keyEnd(text) >= 0) throw new NotSimple();
  if (/[0-9.]/.test(first)) return numberOrText(text);
  const word = words.get(text);
  return word === undefined ? text : word;
}

function numberOrText(text: string): number | string {
  if (/^(?:\d{1,15}|\.\d+|\d+\.\d*|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+)$/.test(text)) return Number(text);
  if (/^(?:\d+|0o[0-7]+|0x[\da-f]+|\.(?:inf|nan))$/i.test(text)) throw new NotSimple();
  return text;
}
