import * as vscode from 'vscode';
import { asFailure, Failure } from '../host/failure.js';
import { oneLine, withoutLinks } from './plain-text.js';

/**
 * Does the same with several things one after the other, behind a notification with Cancel. What fails does not keep the
 * others from being done; rejects at the end with what failed, `cancelled` included.
 *
 * @param title heads the notification: `Removing images`
 */
export async function forEachItem<Item extends { name: string }>(
  title: string,
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failures: { name: string; failure: Failure }[] = [];
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
      });
      for (const item of items) {
        const message = withoutLinks(oneLine(item.name));
        progress.report(items.length > 1 ? { message, increment: 100 / items.length } : { message });
        try {
          await work(item, controller.signal);
        } catch (error) {
          failures.push({ name: item.name, failure: asFailure(error, title) });
        }
        if (controller.signal.aborted) return;
      }
    },
  );
  const [first] = failures;
  if (first === undefined) return;
  if (items.length === 1) throw first.failure;
  const told = failures.map(({ name, failure }) => `${name}: ${failure.message}`);
  throw new Failure(
    first.failure.reason,
    `${failures.length} of ${items.length} failed. ${told.slice(0, 3).join(' ')}${told.length > 3 ? ' …' : ''}`,
    first.failure.remedy,
    { output: told },
  );
}
