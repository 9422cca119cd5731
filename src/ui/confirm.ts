import * as vscode from 'vscode';
import { oneLine, withoutLinks } from './plain-text.js';

/** How many things a dialog has room for. */
export const mostNamed = 12;

/**
 * Asks before something is lost, in a dialog that names what it is; only a click on the verb is a yes.
 *
 * @param question what is about to happen, as a question: `Remove 3 images?`
 * @param lost one line for each thing that will be gone
 */
export async function confirmLoss(
  question: string,
  lost: readonly string[],
  verb: string,
  note?: string,
): Promise<boolean> {
  const named = lost.slice(0, mostNamed).map((line) => oneLine(line));
  const rest = lost.length - named.length;
  const lines = [...named, ...(rest > 0 ? [`… and ${rest} more`] : []), ...(note === undefined ? [] : ['', note])];
  const options = { modal: true, detail: lines.join('\n') };
  return (await vscode.window.showWarningMessage(withoutLinks(oneLine(question)), options, verb)) === verb;
}

/** `1 image`, `3 images`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}
