import * as vscode from 'vscode';
import { checkGpu } from '../../gpu/check-gpu.js';
import { withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';

type Choice = vscode.QuickPickItem & { gpus: 'all' | 'none' };

/**
 * Asks whether a run gets the GPU, where the engine has one that the image could use; what is likelier comes first.
 * Undefined when the person changed their mind.
 */
export async function askGpu(image: string, { engine, gpu }: Services): Promise<'all' | 'none' | undefined> {
  const report = gpu.host;
  if (report?.host.kind !== 'nvidia' && report?.host.kind !== 'given') return 'none';
  const work = { signal: new AbortController().signal, onProgress: (): void => undefined };
  const { verdict, need } = await checkGpu(await engine.connect(), { kind: 'image', image }, report, work);
  if (verdict.verdict === 'cpu-only') return 'none';
  const reason = withoutIcons(verdict.reason);
  const works = verdict.verdict === 'works' || verdict.verdict === 'works-with-limits';
  const wanted = works || (verdict.verdict === 'cannot-tell' && need?.kind === 'cuda');
  const all: Choice = { label: '$(circuit-board) With the GPU', detail: wanted ? reason : '', gpus: 'all' };
  const none: Choice = { label: '$(circle-slash) Without a GPU', detail: wanted ? '' : reason, gpus: 'none' };
  const chosen = await vscode.window.showQuickPick(wanted ? [all, none] : [none, all], {
    title: 'GPU for This Run',
    placeHolder: 'Should it have the GPU?',
    ignoreFocusOut: true,
  });
  return chosen?.gpus;
}
