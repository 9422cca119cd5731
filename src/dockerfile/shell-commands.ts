import { commandOf, type Redirection, type ShellCommand, type ShellWord } from './simple-command.js';

/**
 * Splits a script for a POSIX shell or bash into its simple commands, in the order in which they are written; what stands in
 * `$(…)`, in backticks, in `<(…)` and behind `bash -c` comes in front of the command that it is a part of. Nothing is
 * expanded. It refuses nothing: what a shell would refuse is read as far as it goes.
 *
 * By the Shell Command Language of POSIX.1-2017 (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html),
 * but for patterns of `case`, which come out as commands that nobody knows.
 */
export function shellCommands(script: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  new Splitter(script, 0, { commands, pipelines: 0, depth: 0 }).list('');
  return commands;
}

/** The command of words that need no shell, with what it hands to one: the JSON form of RUN. */
export function commandsOfWords(words: readonly string[]): ShellCommand[] {
  const shared: Shared = { commands: [], pipelines: 1, depth: 0 };
  const plain = words.map((text) => ({ text, start: 0, end: 0, isLiteral: true, substitutions: [] }));
  addCommand(plain, [], shared, 0);
  return shared.commands;
}

interface Shared {
  commands: ShellCommand[];
  /** How many pipelines there are so far. */
  pipelines: number;
  depth: number;
}

/** `$(…$(…))`: each is read by a call inside the one before. */
const deepest = 50;

/** Words in the place of a command that only say when the next one runs. */
const reserved = new Set(['!', '{', '}', 'if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', 'time']);

const shells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh']);

class Splitter {
  private at = 0;
  private readonly heredocs: { name: string; stripTabs: boolean }[] = [];

  /** @param offset of the script in the whole one */
  constructor(
    private readonly script: string,
    private readonly offset: number,
    private readonly shared: Shared,
  ) {}

  /** Reads commands up to a character, `)` or a backtick, or to the end. */
  list(stop: string): ShellCommand[] {
    const first = this.shared.commands.length;
    let pipeline = this.newPipeline();
    let words: ShellWord[] = [];
    let redirections: Redirection[] = [];
    let parentheses = 0;
    let isPiped = false;
    const endCommand = (): void => {
      if (words.length > 0) isPiped = false;
      addCommand(words, redirections, this.shared, pipeline);
      words = [];
      redirections = [];
    };
    for (;;) {
      this.skipBlanks();
      const next = this.script.charAt(this.at);
      if (next === '' || (next === stop && parentheses === 0)) {
        this.at++;
        endCommand();
        return this.shared.commands.slice(first);
      }
      if (next === '#') {
        this.skipTo('\n');
      } else if (next === '\n') {
        this.at++;
        endCommand();
        this.skipHeredocs();
        if (!isPiped) pipeline = this.newPipeline();
      } else if (';&|()'.includes(next) && !/^&>/.test(this.script.slice(this.at, this.at + 2))) {
        const [operator = next] =
          /^(?:&&|\|\||\|&|;;&?|;&|[;&|()])/.exec(this.script.slice(this.at, this.at + 3)) ?? [];
        this.at += operator.length;
        endCommand();
        isPiped = operator === '|' || operator === '|&';
        if (!isPiped) pipeline = this.newPipeline();
        parentheses += operator === '(' ? 1 : operator === ')' ? -1 : 0;
      } else {
        const redirection = this.redirection();
        if (redirection === undefined) {
          const word = this.word(stop);
          if (words.length > 0 || !reserved.has(word.text)) words.push(word);
        } else redirections.push(redirection);
      }
    }
  }

  private newPipeline(): number {
    this.shared.pipelines++;
    return this.shared.pipelines;
  }

  private skipBlanks(): void {
    for (;;) {
      const two = this.script.slice(this.at, this.at + 3);
      if (/^[ \t\r]/.test(two)) this.at++;
      else if (two.startsWith('\\\n')) this.at += 2;
      else if (two === '\\\r\n') this.at += 3;
      else return;
    }
  }

  private skipTo(character: string): void {
    const found = this.script.indexOf(character, this.at);
    this.at = found < 0 ? this.script.length : found;
  }

  private skipHeredocs(): void {
    for (const { name, stripTabs } of this.heredocs.splice(0)) {
      while (this.at < this.script.length) {
        const start = this.at;
        this.skipTo('\n');
        const line = this.script.slice(start, this.at).replace(/\r$/, '');
        this.at++;
        if ((stripTabs ? line.replace(/^\t+/, '') : line) === name) break;
      }
    }
  }

  private redirection(): Redirection | undefined {
    const operators = /(?:\d*|&)(?:>>|>\||>&|<<<|<<-|<<|<&|<>|>|<)/y;
    operators.lastIndex = this.at;
    const [operator] = operators.exec(this.script) ?? [];
    if (operator === undefined) return undefined;
    const isSubstitution = /[<>]$/.test(operator) && this.script.charAt(this.at + operator.length) === '(';
    if (isSubstitution && operator.length === 1) return undefined;
    this.at += operator.length;
    this.skipBlanks();
    const { text } = this.word('');
    const kind = operator.replace(/^[\d&]+/, '');
    if (kind === '<<' || kind === '<<-') this.heredocs.push({ name: text, stripTabs: kind === '<<-' });
    return { operator: kind, target: text };
  }

  /** @param stop a character that ends it besides blanks and operators */
  private word(stop: string): ShellWord {
    const start = this.at;
    const reading: WordReading = { text: '', isLiteral: true, substitutions: [] };
    for (let next = this.script.charAt(this.at); next !== ''; next = this.script.charAt(this.at)) {
      if (/[\s;&|()]/.test(next) || next === stop) break;
      if (next === '<' || next === '>') {
        if (this.at > start || this.script.charAt(this.at + 1) !== '(') break;
        const from = this.at;
        this.at += 2;
        this.nested(reading, ')');
        reading.text += this.script.slice(from, this.at);
      } else if (next === "'") {
        this.at++;
        const from = this.at;
        this.skipTo("'");
        reading.text += this.script.slice(from, this.at);
        this.at++;
      } else if (next === '"') this.doubleQuoted(reading);
      else if (next === '\\') {
        const isLineEnd = this.script.charAt(this.at + 1) === '\n';
        reading.text += isLineEnd ? '' : this.script.charAt(this.at + 1);
        this.at += 2;
      } else this.plain(reading);
    }
    if (this.at === start) this.at++;
    return { ...reading, start: this.offset + start, end: this.offset + this.at };
  }

  private doubleQuoted(reading: WordReading): void {
    this.at++;
    for (let next = this.script.charAt(this.at); next !== ''; next = this.script.charAt(this.at)) {
      if (next === '"') break;
      if (next === '\\') {
        const escaped = this.script.charAt(this.at + 1);
        reading.text += '"$`\\'.includes(escaped) ? escaped : escaped === '\n' ? '' : `\\${escaped}`;
        this.at += 2;
      } else this.plain(reading);
    }
    this.at++;
  }

  /** One character, or what a `$` or a backtick begins. */
  private plain(reading: WordReading): void {
    const start = this.at;
    const next = this.script.charAt(start);
    const begins = this.script.slice(start, start + 3);
    if (next === '`') {
      this.at++;
      this.nested(reading, '`');
    } else if (begins === '$((') this.skipBalanced('(', ')');
    else if (begins.startsWith('$(')) {
      this.at += 2;
      this.nested(reading, ')');
    } else if (begins.startsWith('${')) this.skipBalanced('{', '}');
    else this.at++;
    if (next === '`' || /^\$[\w({@*#?!]/.test(begins)) reading.isLiteral = false;
    reading.text += this.script.slice(start, this.at);
  }

  private nested(reading: WordReading, stop: string): void {
    reading.isLiteral = false;
    if (this.shared.depth >= deepest) {
      this.at = this.script.length;
      return;
    }
    this.shared.depth++;
    reading.substitutions.push(...this.list(stop));
    this.shared.depth--;
  }

  private skipBalanced(opening: string, closing: string): void {
    let open = 0;
    for (; this.at < this.script.length; this.at++) {
      const character = this.script.charAt(this.at);
      if (character === '\\') this.at++;
      else if (character === opening) open++;
      else if (character === closing) {
        open--;
        if (open === 0) break;
      }
    }
    this.at = Math.min(this.at + 1, this.script.length);
  }
}

interface WordReading {
  text: string;
  isLiteral: boolean;
  substitutions: ShellCommand[];
}

function addCommand(
  words: readonly ShellWord[],
  redirections: readonly Redirection[],
  shared: Shared,
  pipeline: number,
): void {
  if (words.length === 0) return;
  const command = commandOf(words, redirections, pipeline);
  const script = scriptOf(command);
  if (script !== undefined && shared.depth < deepest) {
    shared.depth++;
    // They are in the script, too.
    for (const inner of script.substitutions) shared.commands.splice(shared.commands.lastIndexOf(inner), 1);
    // Where quotes and escapes were taken out, only the word's beginning is certain.
    const isPlain = script.end - script.start === script.text.length + 2;
    if (isPlain) new Splitter(script.text, script.start + 1, shared).list('');
    else for (const inner of innerCommands(script, shared)) shared.commands.push(inner);
    shared.depth--;
  }
  shared.commands.push(command);
}

function innerCommands({ text, start, end }: ShellWord, shared: Shared): ShellCommand[] {
  const inner: Shared = { commands: [], pipelines: shared.pipelines, depth: shared.depth };
  new Splitter(text, 0, inner).list('');
  shared.pipelines = inner.pipelines;
  return inner.commands.map((command) => ({
    ...command,
    start,
    words: command.words.map((word) => ({ ...word, start, end })),
  }));
}

/** What a shell is given by `-c`, alone or with other letters: `bash -lc "…"`. */
function scriptOf({ program, words }: ShellCommand): ShellWord | undefined {
  if (!shells.has(program) && program !== 'su' && program !== 'eval') return undefined;
  if (program === 'eval') return words.length === 1 ? words[0] : undefined;
  const at = words.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  return at < 0 ? undefined : words[at + 1];
}
