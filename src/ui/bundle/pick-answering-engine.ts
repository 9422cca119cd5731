import * as vscode from 'vscode';
import { diagnose } from '../../engine/diagnose.js';
import { withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';

/** Milliseconds that engines have to answer: one that is far away is not waited for. */
const answersWithin = 2000;

type Picked = { kind: 'in-use' } | { kind: 'other'; name: string } | { kind: 'dismissed' };

/** Asks on which engine a bundle is verified, where more than one answers. */
export async function pickAnsweringEngine({ engine }: Pick<Services, 'engine'>): Promise<Picked> {
  const inUse = engine.state.kind === 'connected' ? engine.state.endpoint : undefined;
  const candidates = await engine.candidates();
  const hosts = new Set(inUse === undefined ? [] : [inUse.host]);
  // Several names often lead to the same engine.
  const others = candidates.filter(({ host }) => !hosts.has(host) && hosts.add(host));
  const found = await diagnose(others, AbortSignal.timeout(answersWithin), () => undefined);
  const answering = found.flatMap((each) => (each.state === 'ok' ? [each] : []));
  if (inUse === undefined || answering.length === 0) return { kind: 'in-use' };
  const lines: (vscode.QuickPickItem & { choice: Picked })[] = [
    {
      label: `$(plug) ${withoutIcons(inUse.name)}`,
      description: withoutIcons(`${inUse.host} · in use`),
      choice: { kind: 'in-use' },
    },
    ...answering.map(({ endpoint, identity }) => ({
      label: `$(pass) ${withoutIcons(endpoint.name)}`,
      description: withoutIcons(`${endpoint.host} · ${identity.product} ${identity.version}`),
      choice: { kind: 'other', name: endpoint.name } as const,
    })),
  ];
  const line = await vscode.window.showQuickPick(lines, {
    title: 'Verify Bundle',
    placeHolder: 'Engine that loads and runs the image: another than the one it comes from proves the most',
  });
  return line?.choice ?? { kind: 'dismissed' };
}
