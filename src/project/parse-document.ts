import { parse as parseToml, TomlError } from 'smol-toml';
import { YAMLParseError } from 'yaml';
import { jsonErrorLine } from './code/json-error.js';
import { type ProjectProblem } from './project.js';
import { parseYaml } from './yaml.js';

/** Parses a file by the end of its name: TOML, YAML or else JSON. Throws an error of the parser. */
export function parseDocument(file: string, text: string): unknown {
  if (/\.toml$|(?:^|\/)Pipfile$/.test(file)) return parseToml(text);
  if (/\.ya?ml$/.test(file)) return parseYaml(text);
  return JSON.parse(text);
}

/** What a parser's error says of a file, and where. */
export function parseProblem(file: string, text: string, error: unknown): ProjectProblem {
  const message = error instanceof Error ? withoutPlace(error.message) : String(error);
  return { file, line: lineOfError(error, text), message: `It cannot be read: ${message}` };
}

function lineOfError(error: unknown, text: string): number | undefined {
  if (error instanceof TomlError) return error.line;
  if (error instanceof YAMLParseError) return error.linePos?.[0].line;
  if (!(error instanceof SyntaxError)) return undefined;
  return jsonErrorLine(text.trimEnd());
}

/** The first line of what a parser says, without the place: that is told apart. */
export function withoutPlace(message: string): string {
  return message
    .replace(/^Invalid TOML document: /, '')
    .replace(/ at line \d+, column \d+:?[^]*$/, '')
    .replace(/ (?:in JSON )?at position \d+.*$/, '')
    .split('\n', 1)
    .join('')
    .replace(/[.:]?$/, '.');
}
