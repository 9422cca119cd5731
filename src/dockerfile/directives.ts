export interface Directives {
  /** The frontend's image, as `docker/dockerfile:1`. */
  syntax: string | undefined;
  escape: '\\' | '`';
}

/**
 * Reads the parser directives: comments `# name=value` before everything else in a Dockerfile
 * (https://docs.docker.com/reference/dockerfile/#parser-directives).
 *
 * @param lines without a byte order mark
 */
export function readDirectives(lines: readonly string[]): Directives {
  // BuildKit looks for the syntax before it parses: behind a `#!`, but with no space in front of `#`.
  const afterShebang = lines[0]?.startsWith('#!') === true ? lines.slice(1) : lines;
  const [syntax] = directivesAtTop(afterShebang).get('syntax')?.split(' ') ?? [];
  const escape = directivesAtTop(lines.map((line) => line.trimStart())).get('escape');
  return { syntax, escape: escape === '`' ? '`' : '\\' };
}

const known = ['syntax', 'escape', 'check'];

function directivesAtTop(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, written = '', value = ''] = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/.exec(line.trimEnd()) ?? [];
    const name = written.toLowerCase();
    if (!known.includes(name) || found.has(name)) break;
    found.set(name, value);
  }
  return found;
}
