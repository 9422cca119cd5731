/** A description as plain paragraphs. Zenodo's are HTML, those of a CITATION.cff plain text: only well-known tags are taken for tags. */
export function paragraphs(description: string): string[] {
  const attribute = `\\s+[\\w:-]+=(?:"[^"]*"|'[^']*'|[^\\s<>"']+)`;
  const tag = (names: string): RegExp => new RegExp(`</?(?:${names})(?:${attribute})*\\s*/?>`, 'gi');
  const text = description
    .replace(tag('p|div|br|ul|ol|li|h[1-6]|pre|blockquote|table|tr|hr'), '\n\n')
    .replace(tag('a|abbr|b|code|em|i|span|strike|strong|sub|sup|u|td|th|tbody|thead'), '')
    .replace(/&(lt|gt|quot|nbsp|#39|amp);/g, (entity, name: string) => entities[name] ?? entity);
  return text
    .split(/\n\s*\n/)
    .map(plain)
    .filter((paragraph) => paragraph !== '');
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'", amp: '&' };

/** Text as one line that Markdown shows as it is, in a table too. */
export function plain(text: string): string {
  return (
    text
      .replace(/[\s\p{Cc}\p{Bidi_Control}]+/gu, ' ')
      .trim()
      .replace(/[\\`*_[\]<>#|&~$]/g, '\\$&')
      // Else a line that begins so is an item of a list or a heading's underline.
      .replace(/^([-+=])/, '\\$1')
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}

/** A name as code that shows each of its characters; what would break or turn the line is written as `\u000a`. */
export function codeSpan(name: string): string {
  const visible = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  const ticks = '`'.repeat(longestRun(visible) + 1);
  // Markdown takes one space away on both sides.
  const space = /^[ `]|[ `]$/.test(visible) ? ' ' : '';
  return `${ticks}${space}${visible}${space}${ticks}`;
}

/** In a table, a `|` ends the cell even in code. */
export function codeCell(name: string): string {
  return codeSpan(name).replaceAll('|', '\\|');
}

/** Commands as a block, whatever is in them. */
export function fence(language: string, commands: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(commands) + 1));
  return `${ticks}${language}\n${commands}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** A table of cells in Markdown. Columns that are empty in all rows are left out. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.flatMap((_, column) =>
    rows.every((row) => row[column] === '') && rows.length > 0 ? [] : [column],
  );
  const line = (cells: readonly string[]): string => `| ${kept.map((column) => cells[column] ?? '').join(' | ')} |`;
  return [line(heads), `|${kept.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
