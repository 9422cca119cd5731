/**
 * Text from images, labels, registries and engines as one line that shows what is in it: control characters, line ends
 * and the characters that turn the direction of writing (Unicode's bidirectional controls) become visible escapes.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, (character) => {
    if (character === '\n') return '⏎';
    if (character === '\t') return ' ';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** For messages, in which VS Code makes links, of commands too, out of `[text](target)`. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** For quick picks and the status bar, in which VS Code makes icons out of `$(name)`. */
export function withoutIcons(text: string): string {
  return oneLine(text).replaceAll('$(', '$ (');
}
