import { readScript } from '../../host/shell/read-script.js';
import {
  type Command,
  type Redirection,
  type SimpleCommand,
  textOfWord,
  type WordPart,
} from '../../host/shell/script.js';
import { ownPlace, projectFolder } from './shell-places.js';
import { parentOf } from './values.js';

/** A word of a shell's command, without its quotes. `isWhole`: nothing in it is left to expand; else `text` is its start. */
export interface ShellWord {
  text: string;
  isWhole: boolean;
}

/** A simple command of a script, or what is only around others and redirects what they write. */
export interface ShellCommand {
  words: readonly ShellWord[];
  /** Files that its output goes to. */
  written: readonly ShellWord[];
  line: number;
  /** Where it is run, by the `cd` in front of it: relative to where the script is started. */
  folder: string;
}

/**
 * The commands of a script with the variables that it sets itself filled in. What is in `$(…)` is not looked at, but for the ways
 * in which a script finds out where it is: such words begin with `projectFolder`.
 *
 * @param file its own path in the project; empty for what is none
 */
export function readShellCommands(text: string, file = ''): ShellCommand[] {
  return new Execution(text, file).run();
}

/** Variables and folders that are made of one another could grow without bounds. In characters. */
const longestValue = 1000;
const longestFolder = 300;
/** Programs whose words may be assignments. */
const declaring = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);
const unknown: ShellWord = { text: '', isWhole: false };

class Execution {
  private readonly found: ShellCommand[] = [];
  private readonly variables = new Map<string, ShellWord>();
  private folder = '';
  private readonly foldersBefore: string[] = [];
  private line = 1;
  private counted = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {}

  run(): ShellCommand[] {
    this.runAll(readScript(this.text).commands, false);
    return this.found;
  }

  /** @param isConditional whether they may as well not be run */
  private runAll(commands: readonly Command[], isConditional: boolean): void {
    let isBehind = false;
    for (const command of commands) {
      this.runOne(command, isConditional || isBehind);
      isBehind = command.operator === '&&' || command.operator === '||';
    }
  }

  private runOne(command: Command, isConditional: boolean): void {
    if (command.kind === 'simple') {
      this.runSimple(command, isConditional);
      return;
    }
    const { folder } = this;
    const { kind, body, redirections } = command;
    if (kind === 'compound' && command.variable !== undefined) this.variables.delete(command.variable);
    const isOnce = kind === 'compound' && (command.opening === '(' || command.opening === '{');
    const line = this.lineOf(command.start);
    this.runAll(body, isConditional || !isOnce);
    if (kind === 'function' || command.opening === '(') this.folder = folder;
    const written = this.writtenBy(redirections);
    if (written.length > 0) this.found.push({ words: [], written, line, folder });
  }

  private runSimple({ words: all, redirections, start }: SimpleCommand, isConditional: boolean): void {
    const line = this.lineOf(start);
    const { folder } = this;
    const isOnlySetting = all.every(({ parts }) => isAssignment(parts));
    const words: ShellWord[] = [];
    for (const { parts } of all) {
      const word = this.expanded(parts);
      words.push(word);
      if (isAssignment(parts) && (isOnlySetting || declaring.has(words[0]?.text ?? ''))) {
        const equals = word.text.indexOf('=');
        this.assign(word.text.slice(0, equals), { ...word, text: word.text.slice(equals + 1) }, isConditional);
      }
    }
    this.changeFolder(words);
    const written = this.writtenBy(redirections);
    if (words.length > 0 || written.length > 0) this.found.push({ words, written, line, folder });
  }

  private writtenBy(redirections: readonly Redirection[]): ShellWord[] {
    return redirections
      .filter(({ operator }) => operator.includes('>') && !operator.includes('<'))
      .map(({ target }) => this.expanded(target.parts))
      .filter(({ text }) => !/^[\d-]$/.test(text));
  }

  private assign(name: string, value: ShellWord, isConditional: boolean): void {
    if (value.text.length > longestValue) return;
    // The default is the likelier one where something else may take its place.
    if (value.isWhole || value.text !== '') this.variables.set(name, value);
    else if (!isConditional) this.variables.delete(name);
  }

  private changeFolder(words: readonly ShellWord[]): void {
    const [program, ...others] = words.map(({ text }) => text);
    if (program === 'popd') this.folder = this.foldersBefore.pop() ?? this.folder;
    if (program !== 'cd' && program !== 'pushd') return;
    if (program === 'pushd') this.foldersBefore.push(this.folder);
    const target = words.find(({ text }, index) => index > 0 && !/^-[LPe@]$|^--$/.test(text));
    if (target?.isWhole !== true || others.includes('-')) return;
    const isOwn = target.text.startsWith(projectFolder);
    if (!isOwn && /^[/~]/.test(target.text)) return;
    const folder = isOwn ? inFolder('', target.text.slice(projectFolder.length)) : inFolder(this.folder, target.text);
    if (folder.length <= longestFolder) this.folder = folder;
  }

  private expanded(parts: readonly WordPart[]): ShellWord {
    let text = '';
    for (const part of parts) {
      const value = this.valueOf(part);
      text += value.text;
      if (!value.isWhole) return { text, isWhole: false };
    }
    return { text, isWhole: true };
  }

  private valueOf(part: WordPart): ShellWord {
    switch (part.kind) {
      case 'quoted':
        return { text: part.text, isWhole: true };
      case 'literal': {
        const pattern = part.text.search(/[*?]|\{[^{}]*\}/);
        return pattern < 0 ? { text: part.text, isWhole: true } : { text: part.text.slice(0, pattern), isWhole: false };
      }
      case 'variable':
        return this.valueOfVariable(part);
      case 'substitution': {
        const place = ownPlace(part.commands, this.folder, (word) => this.expanded(word.parts));
        return place === undefined ? unknown : { text: place, isWhole: true };
      }
      case 'arithmetic':
      case 'array':
        return unknown;
    }
  }

  private valueOfVariable({ name, operator, argument }: Extract<WordPart, { kind: 'variable' }>): ShellWord {
    const value = this.variableNamed(name);
    switch (operator) {
      case '':
      case ':?':
      case '?':
        return value ?? unknown;
      case '-':
      case ':-':
      case '=':
      case ':=': {
        const isEmpty = value?.text === '' && value.isWhole;
        if (value !== undefined && !(isEmpty && operator.startsWith(':'))) return value;
        const given = this.expanded(argument);
        if (operator.endsWith('=')) this.assign(name, given, false);
        return given;
      }
      case '%': {
        const isFolder = textOfWord({ parts: argument }) === '/*';
        return isFolder && value?.isWhole === true ? { text: parentOf(value.text), isWhole: true } : unknown;
      }
      default:
        return unknown;
    }
  }

  private variableNamed(name: string): ShellWord | undefined {
    if (name === 'PWD') return { text: `${projectFolder}/${this.folder}`, isWhole: true };
    if ((name === '0' || name === 'BASH_SOURCE') && this.file !== '') {
      return { text: `${projectFolder}/${this.file}`, isWhole: true };
    }
    // What programs add their folders to is empty in a container.
    return this.variables.get(name) ?? (name === 'PYTHONPATH' ? { text: '', isWhole: true } : undefined);
  }

  /** The line of a character, counted from 1; those before it have been asked for. */
  private lineOf(index: number): number {
    for (; this.counted < index; this.counted += 1) if (this.text.charAt(this.counted) === '\n') this.line += 1;
    return this.line;
  }
}

function isAssignment([first]: readonly WordPart[]): boolean {
  return first?.kind === 'literal' && /^[A-Za-z_]\w*=/.test(first.text);
}

/** A folder in another; what leads out of the project stays in it. */
function inFolder(folder: string, next: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of next.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
