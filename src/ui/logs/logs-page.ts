import { oneLine } from '../plain-text.js';
import { periods, sourceColours } from './log-messages.js';
import { script } from './logs-script.js';

/** The page of a webview that shows a log. What is in the log comes later, by messages, and is never taken for markup. */
export function logsHtml({ name, nonce }: { name: string; nonce: string }): string {
  const policy =
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    `base-uri 'none'; form-action 'none'`;
  const title = escaped(`Logs: ${name}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header role="toolbar" aria-label="Log">
<button id="follow" aria-pressed="true" title="Show new lines as they come">Follow</button>
<button id="times" aria-pressed="false" title="Show when each line was printed">Timestamps</button>
<button id="wrap" aria-pressed="false" title="Break long lines">Wrap</button>
<label>Since <select id="since">${Object.entries(periods)
    .map(([value, text]) => `<option value="${value}">${text}</option>`)
    .join('')}</select></label>
<button id="clear" title="Remove all lines from this view">Clear View</button>
<button id="copy" title="Copy what is selected, or all lines">Copy</button>
<button id="save" title="Write all lines to a file">Save As…</button>
<span id="find" role="search" aria-label="Find in the log">
<input id="query" type="text" placeholder="Find" aria-label="Find" spellcheck="false" autocomplete="off">
<button id="case" aria-pressed="false" title="Match case" aria-label="Match case">Aa</button>
<button id="regex" aria-pressed="false" title="Use regular expression" aria-label="Use regular expression">.*</button>
<output id="count" for="query"></output>
<button id="previous" title="Previous match (Shift+Enter)" aria-label="Previous match">↑</button>
<button id="next" title="Next match (Enter)" aria-label="Next match">↓</button>
</span>
</header>
<main id="view" role="log" aria-live="off" aria-label="${title}" tabindex="0">
<div id="space"></div>
<div id="rows"></div>
<p id="empty" hidden></p>
</main>
<footer id="state" role="status"></footer>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return oneLine(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const colourNames = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White'];
const colours = [...colourNames, ...colourNames.map((name) => `Bright${name}`)]
  .map((name, at) => {
    const colour = `var(--vscode-terminal-ansi${name})`;
    return `.fg${at} { color: ${colour}; }\n.bg${at} { background-color: ${colour}; }`;
  })
  .join('\n');

/** Mixed with the text's own colour: a terminal's yellow alone cannot be read on white, nor its blue on black. */
const sourceStyles = ['Cyan', 'Yellow', 'Green', 'Magenta', 'Blue', 'White']
  .slice(0, sourceColours)
  .map((name, at) => {
    const colour = `color-mix(in srgb, var(--vscode-terminal-ansi${name}) 60%, var(--vscode-editor-foreground))`;
    return `.source${at} { color: ${colour}; border-color: ${colour}; }`;
  })
  .join('\n');

const style = `
html, body { height: 100%; }
body { margin: 0; padding: 0; display: flex; flex-direction: column; font-family: var(--vscode-font-family);
  font-size: var(--vscode-font-size, 13px); color: var(--vscode-foreground); background: var(--vscode-editor-background);
  --line: var(--vscode-contrastBorder, var(--vscode-panel-border)); }
header { display: flex; flex-wrap: wrap; gap: 4px 6px; align-items: center; padding: 6px 12px; border-bottom: 1px solid var(--line); }
button, select, input { font: inherit; border-radius: 2px; padding: 2px 8px; }
button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground);
  border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); cursor: pointer; }
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
button[aria-pressed=true] { color: var(--vscode-inputOption-activeForeground); background: var(--vscode-inputOption-activeBackground);
  border-color: var(--vscode-inputOption-activeBorder); }
button[aria-pressed=true]::before { content: '✓ ' / ''; }
#find button[aria-pressed=true]::before { content: none; }
#find button[aria-pressed=true] { text-decoration: underline; }
select { color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background);
  border: 1px solid var(--vscode-dropdown-border, var(--line)); }
input { width: 16em; color: var(--vscode-input-foreground); background: var(--vscode-input-background);
  border: 1px solid var(--vscode-input-border, var(--line)); }
input::placeholder { color: var(--vscode-input-placeholderForeground); }
#find { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; margin-inline-start: auto; }
#count { min-width: 7em; color: var(--vscode-descriptionForeground); }
#count.problem { color: var(--vscode-errorForeground); }
:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
#view { position: relative; flex: 1 1 0; min-height: 0; overflow: auto; overflow-anchor: none;
  font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 13px);
  font-weight: var(--vscode-editor-font-weight, normal); line-height: 1.4; color: var(--vscode-editor-foreground, inherit); }
#rows { position: absolute; top: 0; left: 0; min-width: 100%; width: max-content; }
.wrap #rows { width: 100%; min-width: 0; }
.row { display: flex; min-height: 1.4em; padding-inline-end: 12px; white-space: pre; unicode-bidi: isolate; tab-size: 8; }
.wrap .row { white-space: break-spaces; overflow-wrap: anywhere; }
.mark { flex: none; width: 3ch; text-align: center; user-select: none; border-inline-start: 2px solid transparent; }
.time { flex: none; margin-inline-end: 2ch; color: var(--vscode-descriptionForeground); white-space: pre; display: none; }
.times .time { display: block; }
.source { flex: none; margin-inline-end: 1ch; padding-inline-end: 1ch; border-inline-end: 2px solid; white-space: pre; }
.text { flex: 1 1 auto; min-width: 0; }
.error .mark { color: var(--vscode-errorForeground); border-color: var(--vscode-errorForeground); font-weight: bold; }
.error .text { color: var(--vscode-errorForeground); }
.current { background: var(--vscode-editor-lineHighlightBackground, transparent);
  outline: 1px solid var(--vscode-editor-lineHighlightBorder, var(--vscode-focusBorder)); outline-offset: -1px; }
.head .text { color: var(--vscode-descriptionForeground); font-style: italic; }
#empty { margin: 0; padding: 12px; font-family: var(--vscode-font-family); color: var(--vscode-descriptionForeground); }
footer { padding: 3px 12px; min-height: 1.4em; border-top: 1px solid var(--line); color: var(--vscode-descriptionForeground);
  overflow-wrap: anywhere; unicode-bidi: isolate; }
footer.engine-lost, footer.failed { color: var(--vscode-errorForeground); }
${colours}
${sourceStyles}
.bold { font-weight: bold; }
.dim { opacity: 0.7; }
.italic { font-style: italic; }
.underline { text-decoration: underline; }
.strike { text-decoration: line-through; }
.inverse { color: var(--vscode-editor-background); background-color: var(--vscode-editor-foreground); }
.match { color: inherit; background-color: var(--vscode-editor-findMatchHighlightBackground);
  outline: 1px solid var(--vscode-editor-findMatchHighlightBorder, transparent); }
.current .match { background-color: var(--vscode-editor-findMatchBackground);
  outline-color: var(--vscode-editor-findMatchBorder, var(--vscode-focusBorder)); }
`;
