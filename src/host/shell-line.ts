/** Writes words as a line that a POSIX shell reads back as exactly these words; nothing in them is expanded. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (isPlain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** zsh, in which the line may be pasted, takes a word that begins with `=` for the path of a program. */
const isPlain = /^(?!=)[\w@%+=:,./-]+$/;
