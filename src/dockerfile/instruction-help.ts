import { type Described, instructionFlags, mountTypes } from './instruction-flags.js';
import { type Instruction, parseDockerfile } from './instructions.js';
import { knownLabels } from './known-labels.js';

/** What a piece of help is about: `flag` includes values of flags and options of `--mount`. */
export type HelpKind = 'flag' | 'label';

/** A part of one line; counted from 0, `end` is behind the last character. */
export interface LineRange {
  line: number;
  start: number;
  end: number;
}

/** What is told of the word at a place. */
export interface Help {
  kind: HelpKind;
  /** Plain text. */
  text: string;
  /** How it is written; undefined where the word itself shows it. */
  example: string | undefined;
  range: LineRange;
}

/** What may be written at a place. */
export interface Completion {
  kind: HelpKind;
  /** As a list shows it. */
  label: string;
  /** A snippet in VS Code's syntax. */
  insert: string;
  /** Plain text. */
  text: string;
  /** What it stands for, up to the end of what is there already. */
  range: LineRange;
}

/**
 * Explains the flag, the option of `--mount` or the label at a place; undefined elsewhere.
 *
 * @param line counted from 0
 * @param character in UTF-16 units, counted from 0
 */
export function helpAt(text: string, line: number, character: number): Help | undefined {
  const place = placeAt(text, line, character);
  if (place === undefined) return undefined;
  const { keyword, word, range, isInFront } = place;
  const at = character - range.start;
  if (keyword === 'LABEL') return labelHelp(word, at, range);
  const { name, value } = splitFlag(word);
  if (!isInFront || name === undefined) return undefined;
  const flag = instructionFlags.get(keyword)?.find((each) => each.name === name);
  if (flag === undefined) return undefined;
  const valueStart = word.length - (value?.length ?? 0);
  if (name === 'mount' && value !== undefined && at >= valueStart) {
    return mountHelp(value, at - valueStart, { ...range, start: range.start + valueStart });
  }
  return { kind: 'flag', text: flag.text, example: flag.example, range };
}

/**
 * Lists what may be written at a place: flags behind an instruction's keyword, their values, and names of labels.
 *
 * @param line counted from 0
 * @param character in UTF-16 units, counted from 0
 */
export function completionsAt(text: string, line: number, character: number): Completion[] {
  const place = placeAt(text, line, character);
  if (place === undefined) return [];
  const { instruction, keyword, word, range, isInFront } = place;
  const written = word.slice(0, character - range.start);
  if (keyword === 'LABEL') return labelCompletions(instruction, word, written, range);
  const flags = instructionFlags.get(keyword);
  if (flags === undefined || !isInFront) return [];
  const { name, value } = splitFlag(written);
  if (name === undefined || value === undefined) {
    if (!/^(?:|--?|--[a-z-]+)$/.test(written)) return [];
    const used = new Set(instruction.flags.filter((flag) => `--${flag.name}` !== written).map((flag) => flag.name));
    const nameEnd = range.start + (word.startsWith('-') ? (/^[^=]*/.exec(word)?.[0].length ?? 0) : 0);
    const hasValue = word.startsWith('-') && word.includes('=');
    return flags
      .filter((flag) => flag.isRepeatable || !used.has(flag.name))
      .map((flag) => ({
        kind: 'flag',
        label: `--${flag.name}`,
        insert: `--${flag.name}${hasValue ? '' : insertOf(flag)}`,
        text: flag.text,
        range: { ...range, end: nameEnd },
      }));
  }
  const from = stageNames(text, instruction);
  const behind = { ...range, start: range.start + written.length - value.length };
  if (keyword === 'RUN' && name === 'mount') return mountCompletions(value, word.slice(written.length), behind, from);
  const flag = flags.find((each) => each.name === name);
  return valueCompletions(flag, name === 'from' ? from : (flag?.values ?? []), behind);
}

interface Place {
  instruction: Instruction;
  /** Of the instruction itself, or of the one that ONBUILD puts off. */
  keyword: string;
  /** The characters around the place up to the next blanks. */
  word: string;
  range: LineRange;
  /** Whether there are only flags between the keyword and the word. */
  isInFront: boolean;
}

function placeAt(text: string, line: number, character: number): Place | undefined {
  const { instructions, escape } = parseDockerfile(text);
  const instruction = instructions.find(({ startLine, endLine }) => startLine <= line + 1 && line + 1 <= endLine);
  if (instruction === undefined || line + 1 > firstOfHeredocs(instruction)) return undefined;
  const lines = text.split(/\r?\n/);
  const current = lines[line] ?? '';
  if (/^\s*#/.test(current)) return undefined;
  const start = character - (/\S*$/.exec(current.slice(0, character))?.[0].length ?? 0);
  const end = character + (/^\S*/.exec(current.slice(character))?.[0].length ?? 0);
  const before = [
    ...lines
      .slice(instruction.startLine - 1, line)
      .filter((each) => !/^\s*#/.test(each))
      .map((each) => (each.trimEnd().endsWith(escape) ? each.trimEnd().slice(0, -1) : each)),
    current.slice(0, start),
  ].join(' ');
  const [, keyword = '', rest = ''] = /^\s*(?:ONBUILD\s+)?([A-Za-z]+)\s(.*)$/is.exec(before) ?? [];
  return {
    instruction,
    keyword: keyword.toUpperCase(),
    word: current.slice(start, end),
    range: { line, start, end },
    isInFront: keyword !== '' && /^(?:\s|--(?:[^\s"']|"[^"]*"|'[^']*')+(?=\s))*$/.test(rest),
  };
}

/** The last line before the heredocs' text, counted from 1. */
function firstOfHeredocs({ endLine, heredocs }: Instruction): number {
  return endLine - heredocs.reduce((sum, { content }) => sum + content.split('\n').length, 0);
}

/** `mount` and `type=cache` of `--mount=type=cache`; no value where there is no `=`. */
function splitFlag(word: string): { name: string | undefined; value: string | undefined } {
  const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
  return { name, value };
}

function insertOf({ takesValue, values, name }: Described): string {
  if (!takesValue) return '';
  if (name === 'mount') return `=type=\${1|${[...mountTypes.keys()].join(',')}|}`;
  const plain = values.filter((value) => !/[$,|]/.test(value));
  return plain.length > 0 && plain.length === values.length ? `=\${1|${plain.join(',')}|}` : '=$1';
}

function labelHelp(word: string, at: number, range: LineRange): Help | undefined {
  const [written = '', quote = '', name = ''] = /^(["']?)([\w./-]+)/.exec(word) ?? [];
  const known = knownLabels.find((label) => label.name === name);
  if (known === undefined || at > written.length) return undefined;
  const start = range.start + quote.length;
  return {
    kind: 'label',
    text: known.text,
    example: known.example,
    range: { ...range, start, end: start + name.length },
  };
}

function labelCompletions(instruction: Instruction, word: string, written: string, range: LineRange): Completion[] {
  if (!/^[\w./-]*$/.test(written)) return [];
  const name = /^[\w./-]*/.exec(word)?.[0] ?? '';
  const hasValue = word.startsWith(`${name}=`);
  const used = new Set(instruction.arguments.match(/(?<![^\s"'])[\w./-]+(?=["']?=)/g) ?? []);
  return knownLabels
    .filter((label) => label.name === name || !used.has(label.name))
    .map((label) => ({
      kind: 'label',
      label: label.name,
      insert: hasValue ? label.name : `${label.name}${label.insert}`,
      text: label.text,
      range: { ...range, end: range.start + name.length },
    }));
}

/** One of the options between the commas of a mount, with where it begins and ends there. */
function optionAt(value: string, at: number): { option: string; start: number; end: number } {
  const start = value.lastIndexOf(',', at - 1) + 1;
  const comma = value.indexOf(',', at);
  const end = comma < 0 ? value.length : comma;
  return { option: value.slice(start, end), start, end };
}

function mountHelp(value: string, at: number, range: LineRange): Help | undefined {
  const { option, start, end } = optionAt(value, at);
  const [name = '', of] = option.split('=', 2);
  const type = mountTypes.get(typeOf(value));
  const place = { ...range, start: range.start + start, end: range.start + end };
  if (name === 'type') {
    const kind = mountTypes.get(of ?? '');
    return kind === undefined ? undefined : { kind: 'flag', text: kind.text, example: undefined, range: place };
  }
  const known = type?.options.find((each) => each.name === (aliases.get(name) ?? name));
  return known === undefined ? undefined : { kind: 'flag', text: known.text, example: known.example, range: place };
}

const aliases = new Map([
  ['dst', 'target'],
  ['destination', 'target'],
  ['src', 'source'],
  ['readonly', 'ro'],
  ['readwrite', 'rw'],
]);

/** A mount that names no type is one of files. */
function typeOf(value: string): string {
  return /(?:^|,)type=([a-z]+)/.exec(value)?.[1] ?? 'bind';
}

/** @param behind what is written behind the place */
function mountCompletions(value: string, behind: string, range: LineRange, stages: readonly string[]): Completion[] {
  const { option, start } = optionAt(value, value.length);
  const rest = /^[^,]*/.exec(behind)?.[0].length ?? 0;
  const place = { ...range, start: range.start + start, end: range.start + value.length + rest };
  const equals = option.indexOf('=');
  if (equals < 0) {
    const used = new Set((value.slice(0, start) + behind).split(',').map((each) => each.split('=', 1)[0] ?? ''));
    const options = mountTypes.get(typeOf(value + behind))?.options ?? [];
    const type = { name: 'type', text: 'What is lent to the step.', takesValue: true };
    return [type, ...options]
      .filter(({ name }) => !used.has(name))
      .map(({ name, text, takesValue }) => ({
        kind: 'flag',
        label: name,
        insert: takesValue ? `${name}=` : name,
        text,
        range: place,
      }));
  }
  const name = option.slice(0, equals);
  const ofValue = { ...place, start: place.start + equals + 1 };
  if (name === 'type') {
    return [...mountTypes].map(([label, { text }]) => ({ kind: 'flag', label, insert: label, text, range: ofValue }));
  }
  const known = mountTypes.get(typeOf(value + behind))?.options.find((each) => each.name === name);
  return valueCompletions(known, name === 'from' ? stages : (known?.values ?? []), ofValue);
}

function valueCompletions(flag: Described | undefined, values: readonly string[], range: LineRange): Completion[] {
  if (flag === undefined) return [];
  return values.map((value) => ({
    kind: 'flag',
    label: value,
    insert: value.replaceAll(/[\\$}]/g, '\\$&'),
    text: flag.text,
    range,
  }));
}

/** The stages that are named before an instruction. */
function stageNames(text: string, { startLine }: Instruction): string[] {
  const before = parseDockerfile(text).instructions.filter((each) => each.startLine < startLine);
  return before.flatMap(({ keyword, arguments: words }) => {
    const name = keyword === 'FROM' ? /\sAS\s+(\S+)\s*$/i.exec(words)?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
}
