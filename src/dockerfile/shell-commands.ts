import { readScript } from '../host/shell/read-script.js';
import {
  type Command,
  type SimpleCommand,
  textOfWord,
  type Redirection as WrittenRedirection,
  type Word,
  type WordPart,
} from '../host/shell/script.js';
import { commandOf, type Redirection, type ShellCommand, type ShellWord } from './simple-command.js';

/**
 * The simple commands of a script, in the order in which they are written; what stands in `$(…)`, in backticks, in `<(…)` and
 * behind `bash -c` comes in front of the command that it is a part of. Nothing is expanded, and what is in a here-document is not
 * looked at.
 */
export function shellCommands(script: string): ShellCommand[] {
  return new Flattening().ofScript(script, 0);
}

/** The command of words that need no shell, with what it hands to one: the JSON form of RUN. */
export function commandsOfWords(words: readonly string[]): ShellCommand[] {
  const plain = words.map((text) => ({ text, start: 0, end: 0, isLiteral: true, substitutions: [] }));
  return new Flattening().ofWords(plain, [], 0);
}

/** `bash -c "bash -c …"`: each is read by a call inside the one before. */
const deepest = 50;

const shells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh']);

class Flattening {
  /** How many pipelines there are so far. */
  private pipelines = 0;
  private depth = 0;

  ofScript(script: string, offset: number): ShellCommand[] {
    return this.ofList(readScript(script, offset).commands);
  }

  /** @param outer the pipeline that all of them are in */
  private ofList(commands: readonly Command[], outer?: number): ShellCommand[] {
    let pipeline = 0;
    let isPiped = false;
    return commands.flatMap((command) => {
      const isPiping = command.operator === '|' || command.operator === '|&';
      if (!isPiped) pipeline = outer ?? this.newPipeline();
      const found =
        command.kind === 'simple'
          ? this.ofSimple(command, pipeline)
          : this.ofCompound(command, isPiped || isPiping ? pipeline : outer);
      isPiped = isPiping;
      return found;
    });
  }

  private newPipeline(): number {
    this.pipelines += 1;
    return this.pipelines;
  }

  private ofCompound(command: Exclude<Command, SimpleCommand>, pipeline: number | undefined): ShellCommand[] {
    const words = command.kind === 'function' ? [] : command.words;
    return [
      ...words.flatMap(({ parts }) => this.ofParts(parts)),
      ...this.ofList(command.body, pipeline),
      ...this.ofTargets(command.redirections),
    ];
  }

  private ofSimple({ words, redirections }: SimpleCommand, pipeline: number): ShellCommand[] {
    const read = words.map((word) => this.shellWord(word));
    return [
      ...this.ofTargets(redirections),
      ...this.ofWords(
        read,
        redirections.map(({ operator, target }) => ({ operator, target: textOfWord(target) })),
        pipeline,
      ),
    ];
  }

  private ofTargets(redirections: readonly WrittenRedirection[]): ShellCommand[] {
    return redirections.flatMap(({ target }) => this.ofParts(target.parts));
  }

  private shellWord(word: Word): ShellWord {
    return {
      text: textOfWord(word),
      start: word.start,
      end: word.end,
      isLiteral: word.parts.every(({ kind }) => kind === 'literal' || kind === 'quoted'),
      substitutions: this.ofParts(word.parts),
    };
  }

  /** The commands that are substituted in a word. */
  private ofParts(parts: readonly WordPart[]): ShellCommand[] {
    return parts.flatMap((part) => {
      if (part.kind === 'substitution') return this.ofList(part.commands);
      if (part.kind === 'variable') return this.ofParts(part.argument);
      return part.kind === 'array' ? part.words.flatMap((word) => this.ofParts(word.parts)) : [];
    });
  }

  /** One command with what is substituted in it, or given by it to a shell. */
  ofWords(words: readonly ShellWord[], redirections: readonly Redirection[], pipeline: number): ShellCommand[] {
    if (words.length === 0) return [];
    const command = commandOf(words, redirections, pipeline);
    const script = this.depth < deepest ? scriptOf(command) : undefined;
    // What is substituted in a script is in its commands, too.
    const substituted = words.flatMap((word) => (word === script ? [] : word.substitutions));
    return [...substituted, ...(script === undefined ? [] : this.ofGiven(script)), command];
  }

  private ofGiven({ text, start, end }: ShellWord): ShellCommand[] {
    this.depth += 1;
    // Where quotes and escapes were taken out, only the word's beginning is certain.
    const isPlain = end - start === text.length + 2;
    const inner = this.ofScript(text, isPlain ? start + 1 : 0);
    this.depth -= 1;
    if (isPlain) return inner;
    return inner.map((command) => ({
      ...command,
      start,
      words: command.words.map((word) => ({ ...word, start, end })),
    }));
  }
}

/** What a shell is given by `-c`, alone or with other letters: `bash -lc "…"`. */
function scriptOf({ program, words }: ShellCommand): ShellWord | undefined {
  if (!shells.has(program) && program !== 'su' && program !== 'eval') return undefined;
  if (program === 'eval') return words.length === 1 ? words[0] : undefined;
  const at = words.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  return at < 0 ? undefined : words[at + 1];
}
