import { looksLikeSecret, replaceSecretValues } from '../dockerfile/secret-like.js';

/** Stands where a secret was that is not kept. */
export const secretMask = '•••';

/** A name with its value: a variable, an option, a setting. The value may be quoted. */
const assignment = /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s"';&|<>()]+)/g;
/** An option with its value in the next word. */
const option = /(?<![\w.-])(-{1,2}[A-Za-z][\w.-]*)(\s+)("[^"]*"|'[^']*'|[^\s"';&|<>()-][^\s"';&|<>()]*)/g;

/**
 * The words of a command with the mask in place of what looks like a secret: values of options and variables whose names say
 * so, and tokens that are known by their form. In words that are scripts, too, but there only of options and of names in
 * capitals: `key=` is a parameter of many functions.
 */
export function maskSecrets(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const before = words[index - 1] ?? '';
    if (/^-{1,2}[A-Za-z][\w.-]*$/.test(before) && isSecret(before, word)) return secretMask;
    return maskWithin(word);
  });
}

/** Whether something is to be asked for before the words can run. */
export function isMasked(words: readonly string[]): boolean {
  return words.some((word) => word.includes(secretMask));
}

function maskWithin(word: string): string {
  const isScript = /\s/.test(word);
  const named = word.replace(assignment, (all, name: string, value: string) =>
    (!isScript || name.startsWith('-') || /^[A-Z_][A-Z0-9_]*$/.test(name)) && isSecret(name, value)
      ? `${name}=${secretMask}`
      : all,
  );
  const options = isScript
    ? named.replace(option, (all, name: string, space: string, value: string) =>
        isSecret(name, value) ? `${name}${space}${secretMask}` : all,
      )
    : named;
  return replaceSecretValues(options, secretMask);
}

/** What a shell puts in for a variable is in no word; a `--key` alone sorts and joins more often than it unlocks. */
function isSecret(name: string, value: string): boolean {
  const bare = value.replace(/^["']/, '');
  const given = bare.replace(/["']$/, '');
  if (bare.startsWith('$') || given.startsWith('-') || given === secretMask) return false;
  const bareName = name.replace(/^-+/, '');
  return !/^key$/i.test(bareName) && looksLikeSecret(bareName, 'x') && looksLikeSecret(bareName, given);
}
