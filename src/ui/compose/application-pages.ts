import * as vscode from 'vscode';
import { awaitAnswers, type ServiceAddresses } from '../../compose/service-addresses.js';
import { behindNotification } from '../behind-notification.js';
import { oneLine, withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';

const patience = { longest: 60_000, grace: 3000, pause: 1000 };

/** Waits for the pages of services, behind a notification whose Cancel ends the wait only. */
export async function awaitPages(
  title: string,
  addresses: ServiceAddresses,
  services: Services,
): Promise<{ pages: ReadonlyMap<string, string>; isCancelled: boolean }> {
  return behindNotification(title, services, async ({ signal, onProgress }) => {
    const [first] = [...addresses.values()].flat();
    onProgress({ message: `waiting until ${first ?? 'it'} answers` });
    const pages = await awaitAnswers(addresses, { ...patience, signal });
    return { pages, isCancelled: signal.aborted };
  });
}

/** Opens a page, the one that a person chooses where there are several. */
export async function openPage(pages: ReadonlyMap<string, string>): Promise<void> {
  const [first, ...others] = pages;
  if (first === undefined) return;
  if (others.length === 0) {
    await vscode.env.openExternal(vscode.Uri.parse(first[1]));
    return;
  }
  const chosen = await vscode.window.showQuickPick(
    [...pages].map(([service, address]) => ({ label: withoutIcons(service), description: oneLine(address), address })),
    { title: 'Open in Browser', placeHolder: 'Which service?' },
  );
  if (chosen !== undefined) await vscode.env.openExternal(vscode.Uri.parse(chosen.address));
}

/** `web at http://localhost:8080/` for each. */
export function pagesText(pages: ReadonlyMap<string, string>): string {
  return [...pages].map(([service, address]) => `${service} at ${address}`).join(', ');
}

/** The first address of each service, whether it answers or not. */
export function firstAddresses(addresses: ServiceAddresses): ReadonlyMap<string, string> {
  return new Map([...addresses].flatMap(([service, [first]]) => (first === undefined ? [] : [[service, first]])));
}
