/** A pattern that matches this text and nothing more, with any spaces around it. */
export function exactly(text: string): RegExp {
  // VS Code shows the spaces in some labels as spaces that do not break.
  const pattern = text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s`);
  return new RegExp(String.raw`^\s*${pattern}\s*$`);
}
