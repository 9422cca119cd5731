/** One way that a server offers to be signed in to: `Bearer` with a realm, a service and a scope, or `Basic`. */
export interface Challenge {
  /** In lower case. */
  scheme: string;
  /** By their names in lower case. */
  parameters: ReadonlyMap<string, string>;
}

/** Parses the header `WWW-Authenticate` (RFC 9110, 11.6.1), which may hold several; what is no challenge ends it. */
export function parseChallenges(header: string): Challenge[] {
  const piece = /[\s,]*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+))/gy;
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const [, name, quoted, plain, scheme] of header.matchAll(piece)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined) {
      const value = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
      challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
    }
  }
  return challenges;
}
