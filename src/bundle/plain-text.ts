/** Tags that Zenodo takes in a description, and those that editors leave there. Anything else in angle brackets is text. */
const tags =
  'a abbr acronym article b blockquote br caption center code dd del div dl dt em figcaption figure font h[1-6] hr i img ins li ' +
  'mark ol p pre q s section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul';
const attribute = String.raw`\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)`;
const tag = new RegExp(`</?(${tags.replaceAll(' ', '|')})(?:${attribute})*\\s*/?>`, 'gi');
const inline = /^(?:a|abbr|acronym|b|code|del|em|font|i|img|ins|mark|q|s|small|span|strike|strong|sub|sup|tt|u)$/;
const entities = new Map(
  Object.entries({
    amp: '&',
    apos: "'",
    gt: '>',
    lt: '<',
    nbsp: ' ',
    quot: '"',
    ndash: '–',
    mdash: '—',
    hellip: '…',
  }).concat(Object.entries({ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”' })),
);

/** The text of a description in HTML as Zenodo has them, each block on a line of its own. A text without tags keeps its lines. */
export function plainText(html: string): string {
  const isHtml = html.search(tag) >= 0;
  const text = isHtml
    ? html.replace(/\s+/g, ' ').replace(tag, (_, name: string) => (inline.test(name.toLowerCase()) ? '' : '\n'))
    : html;
  const decoded = text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return entities.get(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      return isCharacter ? String.fromCodePoint(code) : whole;
    },
  );
  return isHtml ? decoded.replace(/ *\n[ \n]*/g, '\n').trim() : decoded.trim();
}
