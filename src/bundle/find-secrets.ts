import { setImmediate } from 'node:timers/promises';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { secretFiles } from '../dockerfile/secret-files.js';
import { looksLikeSecret } from '../dockerfile/secret-like.js';
import { cancelled } from '../host/failure.js';
import { maskSecrets, secretMask } from '../run/command-secrets.js';

/** Characters that are searched at once: more would keep all else waiting. */
const pieceLength = 1_000_000;
/** Characters after which all else gets its turn: to wait at each of thousands of small texts would take long. */
const pauseLength = 250_000;
/** What a text of no length takes, in characters of a long one. */
const textCost = 1_000;
/** Characters that a piece shares with the next one: no form of a secret is longer, and the longest are private keys. */
const overlap = 20_000;

/**
 * Finds secrets in texts by their form: private keys, tokens of well-known services, addresses with a password. The rules are
 * those that secretlint recommends (https://github.com/secretlint/secretlint), with its comments that say a line has none
 * (`secretlint-disable-line`); private keys of all kinds and tokens of PyPI and Zenodo besides. A password that is a plain word
 * is not found.
 *
 * What is told never has anything of the secret in it. A kind of secret is told once a line, lines counted from 1. Rejects
 * `cancelled`.
 */
export async function findSecrets(
  texts: AsyncIterable<{ where: string; text: string }> | Iterable<{ where: string; text: string }>,
  signal: AbortSignal,
): Promise<{ where: string; line: number; what: string }[]> {
  const search = newSearch();
  const secrets: { where: string; line: number; what: string }[] = [];
  let sincePause = 0;
  for await (const { where, text } of texts) {
    const told = new Set<string>();
    const lines = new LineCounter(text);
    for (let start = 0; start === 0 || start + overlap < text.length; start += pieceLength) {
      if (sincePause >= pauseLength) {
        // Others, and whoever cancels, get their turn.
        await setImmediate();
        sincePause = 0;
      }
      if (signal.aborted) throw cancelled('The search for secrets');
      const piece = text.slice(start, start + pieceLength + overlap);
      sincePause += piece.length + textCost;
      const found = await search(where, piece);
      for (const { at, what } of found) {
        const line = lines.lineAt(start + at);
        const key = `${line} ${what}`;
        if (!told.has(key)) secrets.push({ where, line, what });
        told.add(key);
      }
    }
  }
  return secrets;
}

/**
 * Finds what looks like a secret in an image's configuration: its variables (`NAME=value`), the commands of its history, the
 * first of them number 1, and its labels. Values are not told.
 */
export function findSecretsOfImage(image: {
  environment: readonly string[];
  history: readonly string[];
  labels: Readonly<Record<string, string>>;
}): { where: string; what: string }[] {
  const looksSo = 'its value looks like a secret';
  const variables = image.environment.flatMap((variable) => {
    const equals = variable.indexOf('=');
    if (equals < 0) return [];
    const name = variable.slice(0, equals);
    return looksLikeSecret(name, variable.slice(equals + 1))
      ? [{ where: `environment variable ${name}`, what: looksSo }]
      : [];
  });
  const commands = image.history.flatMap((command, index) => {
    const masked = maskSecrets([command]).join('');
    if (masked === command) return [];
    const names = [...masked.matchAll(/([A-Za-z_][\w.-]*)(?:=|\s+)•••/g)].map(([, name]) => name);
    const what = names.length === 0 ? 'it has what looks like a secret' : `looks like a secret: ${names.join(', ')}`;
    return [{ where: `build history, step ${index + 1}`, what }];
  });
  const labels = Object.entries(image.labels).flatMap(([name, value]) =>
    looksLikeSecret(name, value) ? [{ where: `label ${name}`, what: looksSo }] : [],
  );
  return [...variables, ...commands, ...labels];
}

/** What secretlint has no rule for; its own for private keys knows RSA and OpenSSH only. */
const ownPatterns: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){1,8}(?:[\w-]{1,40}: [^\n]{0,200}\s{1,4}){0,4}[A-Za-z0-9+/]{40}/g,
    'private key',
  ],
  // A PyPI token is a macaroon, and begins with the name of its server in base64.
  [/(?<![\w-])pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[\w-]{50}/g, 'PyPI API token'],
  [/\bzenodo\.org\/[^\s"'<>?]{0,500}\?(?:[^\s"'<>]{0,500}&)?access_token=\w{40}/g, 'Zenodo access token'],
];

/** What names and texts are searched for here beside the rules of secretlint; another text when any of it changes. */
export const ownRules = [...secretFiles.map(({ what, path }) => [path, what]), ...ownPatterns].join('\n');

type Rule = (typeof creator.rules)[number];
type RuleContext = Parameters<Rule['create']>[0];
type FileHandler = NonNullable<ReturnType<Rule['create']>['file']>;
type SourceCode = Parameters<FileHandler>[0];

interface Found {
  /** Index in the piece. */
  at: number;
  what: string;
}

/**
 * A search of one text after another. The rules are called directly: secretlint's own core keeps measurements of each text for
 * good, and takes longer with each.
 */
function newSearch(): (path: string, content: string) => Promise<Found[]> {
  let found: (Found & { end: number; rule: string })[] = [];
  let ignored: { start: number; end: number; rule: string }[] = [];
  const handlers = creator.rules.map((rule) => {
    const { id } = rule.meta;
    const context: RuleContext = {
      sharedOptions: {},
      createTranslator: (messages) => (messageId) => ({
        message: messages[messageId]?.en(withoutValues) ?? String(messageId),
        messageId: String(messageId),
        data: undefined,
      }),
      report: ({ message, range: [at, end] }) => {
        found.push({ at, end, rule: id, what: kindOf(message.message) });
      },
      ignore: ({ targetRuleId, range: [start, end] }) => {
        ignored.push({ start, end, rule: targetRuleId });
      },
    };
    return rule.create(context, {});
  });
  return async (path, content) => {
    found = ownPatterns.flatMap(([pattern, what]) =>
      [...content.matchAll(pattern)].map(({ 0: match, index }) => ({
        ...{ at: index, end: index + match.length, rule: '', what },
      })),
    );
    ignored = [];
    const source = sourceOf(path, content);
    for (const handler of handlers) await handler.file?.(source);
    return found
      .filter(
        ({ at, end, rule }) =>
          !ignored.some((ignore) => ignore.start <= at && end <= ignore.end && ['*', rule].includes(ignore.rule)),
      )
      .sort((left, right) => left.at - right.at);
  };
}

/** Stands for the values that a rule's message is made with: no message can tell what it was not given. */
const withoutValues = new Proxy({}, { get: () => secretMask });

function kindOf(message: string): string {
  return message.replace(/^found /, '').replace(/(?:\(•••\))?: •••$/, '');
}

/** Without the extension: by one, a rule would read the file of that path. */
function sourceOf(path: string, content: string): SourceCode {
  let starts: readonly number[] | undefined;
  const lineStarts = (): readonly number[] => {
    starts ??= [0, ...[...content.matchAll(/\n/g)].map(({ index }) => index + 1)];
    return starts;
  };
  const positionOf = (index: number): { line: number; column: number } => {
    let line = 1;
    let after = lineStarts().length + 1;
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if ((lineStarts()[middle - 1] ?? 0) <= index) line = middle;
      else after = middle;
    }
    return { line, column: index - (lineStarts()[line - 1] ?? 0) };
  };
  const indexOf = ({ line, column }: { line: number; column: number }): number =>
    (lineStarts()[line - 1] ?? content.length + 1) + column;
  return {
    ...{ content, hasBOM: false, contentType: 'text', ext: '', filePath: path, physicalFilePath: undefined },
    getFilePath: () => path,
    getPhysicalFilePath: () => undefined,
    indexToPosition: positionOf,
    positionToIndex: indexOf,
    rangeToLocation: ([start, end]) => ({ start: positionOf(start), end: positionOf(end) }),
    locationToRange: ({ start, end }) => [indexOf(start), indexOf(end)],
  };
}

/** Counts on from where it was asked last. */
class LineCounter {
  private at = 0;
  private line = 1;

  constructor(private readonly text: string) {}

  lineAt(index: number): number {
    if (index < this.at) {
      this.at = 0;
      this.line = 1;
    }
    for (
      let end = this.text.indexOf('\n', this.at);
      end !== -1 && end < index;
      end = this.text.indexOf('\n', this.at)
    ) {
      this.at = end + 1;
      this.line++;
    }
    return this.line;
  }
}
