import * as vscode from 'vscode';
import { type Job, sendMessage } from './job.js';

const id = 'research-containers.research-containers';

interface Mark {
  name: string;
  /** Milliseconds since 1970. */
  startTime: number;
}

/**
 * Hands back how many milliseconds the installed extension takes to become active: loading its code and `activate()`,
 * by VS Code's own marks, as “Developer: Show Running Extensions” shows them. What VS Code does between the two, such
 * as asking the window for the extension's stored values, is not the extension's.
 */
export async function run(job: Job): Promise<void> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error('Research Containers is not installed in this VS Code.');
  if (extension.isActive) throw new Error('The extension was active before it was asked for.');
  await extension.activate();
  const marks = (globalThis as { MonacoPerformanceMarks?: { getMarks(): Mark[] } }).MonacoPerformanceMarks?.getMarks();
  const at = (name: string): number => {
    const mark = marks?.find((candidate) => candidate.name === `code/extHost/${name}/${id}`);
    if (mark === undefined) throw new Error(`VS Code has set no mark ${name}.`);
    return mark.startTime;
  };
  const loading = at('didLoadExtensionCode') - at('willLoadExtensionCode');
  const activating = at('didActivateExtension') - at('willActivateExtension');
  sendMessage(job, { type: 'result', value: loading + activating });
}
