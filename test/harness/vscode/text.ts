/** A pattern that matches this text and nothing more, with any spaces around it. */
export function exactly(text: string): RegExp {
  return new RegExp(String.raw`^\s*${literally(text)}\s*$`);
}

/** A pattern that matches what begins with this text as whole words, in capitals too. */
export function beginningWith(text: string): RegExp {
  return new RegExp(String.raw`^\s*${literally(text)}(?!\w)`, 'i');
}

function literally(text: string): string {
  // VS Code shows the spaces in some labels as spaces that do not break.
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s`);
}
