import * as vscode from 'vscode';
import { type Job, sendMessage } from './job.js';

/** Hands back how many milliseconds the installed extension takes to become active. */
export async function run(job: Job): Promise<void> {
  const extension = vscode.extensions.getExtension('research-containers.research-containers');
  if (extension === undefined) throw new Error('Research Containers is not installed in this VS Code.');
  if (extension.isActive) throw new Error('The extension was active before it was asked for.');
  const started = performance.now();
  await extension.activate();
  sendMessage(job, { type: 'result', value: Math.round((performance.now() - started) * 10) / 10 });
}
