/** Whether a document is one of R Markdown, which a package of R renders; Quarto is a program of its own. */
export function isRMarkdown(file: string): boolean {
  return /\.Rmd$/i.test(file);
}

/** The code of R in a document of R Markdown or Quarto, in its own lines (https://bookdown.org/yihui/rmarkdown/r-code.html). */
export function codeOfDocument(text: string): string {
  let isInside = false;
  return text
    .split(/\r?\n/)
    .map((line) => {
      if (isInside && /^\s*`{3,}\s*$/.test(line)) isInside = false;
      else if (isInside) return line;
      else isInside = /^\s*`{3,}\s*\{[rR][\s,}]/.test(line);
      return '';
    })
    .join('\n');
}
