import { readShellCommands } from './shell-commands.js';

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
/** Stands for what a reader is to fill in; no text has it. */
const placeholder = '\u0001';

/**
 * The commands in a README's blocks of code and pieces of code, in Markdown, reStructuredText or plain text. What of them is a
 * command of the project, is for the caller to tell.
 */
export function shownCommands(text: string): ShownCommand[] {
  return blocksOf(text).flatMap((block) => {
    let folder = '';
    const source = block.map(withoutPrompt).join('\n').replaceAll(placeholder, '');
    const commands = readShellCommands(source.replaceAll(/<[\p{L}][^<>\n]{0,60}>/gu, placeholder));
    return commands.flatMap(({ words }) => {
      const shown = words.map(({ text: word, isWhole }) => (isWhole && !isPlaceholder(word) ? word : null));
      if (shown[0] === 'cd') {
        folder = typeof shown[1] === 'string' ? inFolder(folder, shown[1]) : folder;
        return [];
      }
      return shown.length === 0 ? [] : [{ words: shown, folder }];
    });
  });
}

/** What stands in a README for something of the reader's. */
function isPlaceholder(word: string): boolean {
  return (
    word.includes(placeholder) ||
    /^(?:\.{3}|…)$|\.{3}$|^\[.*\]?$|[{}]|path[/_-]to|your[_-]|^\/(?:home|Users|path|mnt|scratch|data)\b|^[A-Z]+_(?:DIR|PATH|FILE|NAME)$/i.test(
      word,
    )
  );
}

function inFolder(folder: string, next: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of next.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** `$ `, `> `, `(env) $ `, `user@host:~$ `, in front of a command. */
function withoutPrompt(line: string): string {
  return line.replace(/^\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[^$#>\s]*)?[$>%]\s+/, '');
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
