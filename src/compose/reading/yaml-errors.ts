/** As the library `yaml` tells of one. */
interface ParseError {
  code: string;
  message: string;
  /** Where it begins and ends in the text, counted from 0. */
  pos: readonly [start: number, end: number];
}

/** What a text is as YAML, or is not, in words for people who do not know the grammar. */
interface YamlError {
  /** Where it is in the text, counted from 0. */
  index: number;
  message: string;
  remedy: string;
}

/**
 * The errors of a document without those that only follow from another one: in a line the first one counts, and what comes after
 * the end that a mistake makes of the document is not told of.
 *
 * @param lineOf line of a place in the text
 */
export function yamlErrors(errors: readonly ParseError[], lineOf: (index: number) => number): YamlError[] {
  const end = errors.findIndex(({ message }) => behindEnd.test(message));
  const lines = new Set<number>();
  return errors.slice(0, end < 0 ? errors.length : end + 1).flatMap((error): YamlError[] => {
    const [index] = error.pos;
    const line = lineOf(index);
    if (lines.has(line)) return [];
    lines.add(line);
    return [{ index, ...explain(error) }];
  });
}

const behindEnd = / in YAML (?:stream|document)\b|^Not a YAML token/;

function explain({ code, message }: ParseError): Omit<YamlError, 'index'> {
  const known = explanations.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return { message: known[1], remedy: known[2] };
  return { message: `${message}.`, remedy: remedies[code] ?? 'Correct the YAML here.' };
}

/** By the message of the library. */
const explanations: readonly [pattern: RegExp, message: string, remedy: string][] = [
  [behindEnd, 'This cannot follow what stands above.', 'Correct what stands above, or the indentation here.'],
  [
    /^Implicit (?:map )?keys/,
    'A key has “: ” and its value behind it, and this has not.',
    'Write a space behind the colon of a key, put text of several lines in quotes, and indent keys as their neighbours are.',
  ],
  [
    /block sequence may not be/,
    'An item of a list stands where a key is expected.',
    'Indent the items of a list as their neighbours are, below their key.',
  ],
  [/at node end$/, 'Text follows a value that has ended.', 'Put the whole value in quotes.'],
  [/^Missing closing .quote/, 'A quote is not closed.', 'Close the quote.'],
  [/^Alias cannot be an empty/, '“*” begins the name of an anchor.', 'Put text that begins with “*” in quotes.'],
  [
    /^Block scalar header/,
    'A text begins in the line below “|” or “>”, and more stands behind it.',
    'Begin the text in the next line, or put the value in quotes.',
  ],
];

const remedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Indent it as its neighbours are.',
  BAD_SCALAR_START: 'Put the value in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Put a value that has “: ” in it in quotes, and indent keys as their neighbours are.',
};
