/** A part of a snippet's body (https://code.visualstudio.com/docs/editing/userdefinedsnippets#_snippet-syntax). */
export type Piece =
  | { kind: 'text'; text: string }
  /** `default` is undefined where the body gives none there, as in `$1`. */
  | { kind: 'tabstop'; number: number; default: readonly Piece[] | undefined }
  | { kind: 'choice'; number: number; options: readonly string[] };

/**
 * Reads the body of a snippet.
 *
 * @throws Error for what is not of this syntax, such as a variable.
 */
export function readSnippet(body: string): Piece[] {
  const { pieces, end } = readPieces(body, 0, false);
  if (end !== body.length) throw new Error(`“${body.slice(end)}” is left`);
  return pieces;
}

function readPieces(body: string, start: number, nested: boolean): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = [];
  let text = '';
  let at = start;
  const push = (piece: Piece): void => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
    pieces.push(piece);
  };
  while (at < body.length) {
    const character = body.charAt(at);
    if (nested && character === '}') break;
    if (character === '\\') {
      const next = body.charAt(at + 1);
      if (!['\\', '$', '}'].includes(next)) throw new Error(`“\\${next}” is not an escape`);
      text += next;
      at += 2;
    } else if (character === '$') {
      const { piece, end } = readPlace(body, at);
      push(piece);
      at = end;
    } else {
      text += character;
      at++;
    }
  }
  if (text !== '') pieces.push({ kind: 'text', text });
  return { pieces, end: at };
}

function readPlace(body: string, at: number): { piece: Piece; end: number } {
  const rest = body.slice(at);
  const [bare, digits = ''] = /^\$(?:\{(\d+)\}|(?=\d))/.exec(rest) ?? [];
  if (bare === '$') {
    const [whole = '', number = ''] = /^\$(\d+)/.exec(rest) ?? [];
    return { piece: { kind: 'tabstop', number: Number(number), default: undefined }, end: at + whole.length };
  }
  if (bare !== undefined) {
    return { piece: { kind: 'tabstop', number: Number(digits), default: undefined }, end: at + bare.length };
  }
  const [choice, ofChoice, options = ''] = /^\$\{(\d+)\|([^|]*)\|\}/.exec(rest) ?? [];
  if (choice !== undefined) {
    return {
      piece: { kind: 'choice', number: Number(ofChoice), options: options.split(',') },
      end: at + choice.length,
    };
  }
  const [begin, ofDefault] = /^\$\{(\d+):/.exec(rest) ?? [];
  if (begin === undefined) throw new Error(`“${rest.slice(0, 20)}” is no tabstop`);
  const { pieces, end } = readPieces(body, at + begin.length, true);
  if (body.charAt(end) !== '}') throw new Error(`“${rest.slice(0, 20)}” has no end`);
  return { piece: { kind: 'tabstop', number: Number(ofDefault), default: pieces }, end: end + 1 };
}

/** All tabstops and choices, in the order of the text, those inside of others too. */
export function placesOf(pieces: readonly Piece[]): Exclude<Piece, { kind: 'text' }>[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'text') return [];
    return piece.kind === 'tabstop' && piece.default !== undefined ? [piece, ...placesOf(piece.default)] : [piece];
  });
}

/** What stands in the editor when nothing is typed: once for each option of each choice, the others being first ones. */
export function expansionsOf(pieces: readonly Piece[]): string[] {
  const choices = placesOf(pieces).flatMap((place) => (place.kind === 'choice' ? [place] : []));
  const variants = choices.flatMap(({ number, options }) =>
    options.slice(1).map((option) => new Map([[number, option]])),
  );
  return [new Map<number, string>(), ...variants].map((chosen) => expand(pieces, chosen));
}

function expand(pieces: readonly Piece[], chosen: ReadonlyMap<number, string>): string {
  const values = new Map<number, string>();
  for (const place of placesOf(pieces)) {
    if (place.kind === 'choice') values.set(place.number, chosen.get(place.number) ?? place.options[0] ?? '');
    else if (place.default !== undefined) values.set(place.number, expand(place.default, chosen));
  }
  return pieces.map((piece) => (piece.kind === 'text' ? piece.text : (values.get(piece.number) ?? ''))).join('');
}
