/** Words that are no names in one of the languages, and used as names in none. */
export const keywords = new Set(
  'if elif else for while with try except finally return yield await async lambda not and or in is del assert raise global nonlocal def class function end begin do let const using import from as local'.split(
    ' ',
  ),
);

/** Those in front of the name of what is defined. */
export const defining = new Set(['def', 'class', 'function', 'macro', 'struct']);
