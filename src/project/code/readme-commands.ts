import { readShellCommands } from './shell-commands.js';
import { projectFolder } from './shell-places.js';

/** A command that a README shows. */
export interface ShownCommand {
  /** Its words, up to a shell's operator. Where one of them is to be replaced by the reader, `null` stands for it. */
  words: readonly (string | null)[];
  /** The folder that it is run in, by the `cd` in front of it. */
  folder: string;
}

const forShells = new Set([
  '',
  'bash',
  'sh',
  'shell',
  'zsh',
  'console',
  'shell-session',
  'terminal',
  'text',
  'txt',
  'bat',
  'powershell',
]);
/** No command that a person shows is longer, in characters. */
const longestLine = 1000;
const isAssignment = /^[A-Za-z_]\w*=/;
/** Stands for what a reader is to fill in; no text has it. */
const placeholder = '\u0001';

/**
 * The commands in a README's blocks of code and pieces of code, in Markdown, reStructuredText or plain text. What of them is a
 * command of the project, is for the caller to tell.
 */
export function shownCommands(text: string): ShownCommand[] {
  return blocksOf(text).flatMap((block) => {
    const source = withQuotesClosed(block.map(withoutPrompt)).join('\n').replaceAll(placeholder, '');
    const commands = readShellCommands(source.replaceAll(/<[\p{L}][^<>\n]{0,60}>/gu, placeholder));
    return commands.flatMap(({ words, folder }) => {
      const here = `${projectFolder}/${folder}`;
      const program = words.findIndex(({ text: word }) => !isAssignment.test(word));
      const shown = words.flatMap(({ text, isWhole }, index) => {
        const word = text.replaceAll(here, '.');
        if (isWhole && !isPlaceholder(word)) return [word];
        // A variable is left to the reader, like what comes behind the program.
        return index < program ? [] : [null];
      });
      return shown.length === 0 || shown[0] === 'cd' ? [] : [{ words: shown, folder }];
    });
  });
}

/** An apostrophe in what a program prints begins no string that takes the lines behind it. */
function withQuotesClosed(lines: readonly string[]): string[] {
  let open = '';
  return lines.map((line) => {
    open = openQuote(line, open);
    if (open === '' || line.endsWith('\\')) return line;
    const closed = line + open;
    open = '';
    return closed;
  });
}

/** The quote that is open at the end of a line, where one was at its beginning; empty for none. */
function openQuote(line: string, before: string): string {
  let open = before;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\' && open !== "'") at += 1;
    else if (open !== '') open = character === open ? '' : open;
    else if (character === '"' || character === "'") open = character;
    else if (character === '#' && /^$|\s/.test(line.charAt(at - 1))) break;
  }
  return open;
}

/** What stands in a README for something of the reader's. */
function isPlaceholder(word: string): boolean {
  return (
    word.includes(placeholder) ||
    word.includes(projectFolder) ||
    /^(?:\.{3}|…)$|\.{3}$|^\[.*\]?$|[{}]|path[/_-]to|your[_-]|^\/(?:home|Users|path|mnt|scratch|data)\b|^[A-Z]+_(?:DIR|PATH|FILE|NAME)$/i.test(
      word,
    )
  );
}

/** `$ `, `> `, `(env) $ `, `user@host:~$ `, `PS C:\> `, in front of a command. */
function withoutPrompt(line: string): string {
  return line.replace(/^\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[^$#>\s]*|(?:PS )?[A-Za-z]:[^<>\n]*)?[$>%]\s+/, '');
}

/** The lines of each block of code; each piece of code in a text is one, too. */
function blocksOf(text: string): string[][] {
  const blocks: string[][] = [];
  let fence: { mark: string; lines: string[]; isShell: boolean } | undefined;
  let indented: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.length > longestLine) continue;
    const [, mark, language = ''] = /^\s*(`{3,}|~{3,})\s*\{?\.?([\w-]*)/.exec(line) ?? [];
    if (fence !== undefined) {
      if (mark?.startsWith(fence.mark) === true) {
        if (fence.isShell) blocks.push(fence.lines);
        fence = undefined;
      } else fence.lines.push(line);
    } else if (mark !== undefined) fence = { mark, lines: [], isShell: forShells.has(language.toLowerCase()) };
    else if (/^(?: {3,}|\t)\s*\S/.test(line)) {
      if (indented === undefined) blocks.push((indented = []));
      indented.push(line);
    } else {
      if (line.trim() !== '') indented = undefined;
      for (const [, , piece = ''] of line.matchAll(/(`{1,2})([^`\n]+)\1/g)) blocks.push([piece]);
      if (/^\s*(?:[$>%]\s+)?(?:python3?|bash|sh|Rscript|julia|snakemake|make|\.\/)\b/.test(line)) blocks.push([line]);
    }
  }
  if (fence?.isShell === true) blocks.push(fence.lines);
  return blocks;
}
