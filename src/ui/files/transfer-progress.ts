import * as vscode from 'vscode';
import { type TransferOptions } from '../../engine/inside/place.js';
import { formatSize } from '../../host/quantities.js';
import { oneLine, withoutLinks } from '../plain-text.js';

/** Between two messages, in milliseconds. */
const pause = 200;

/**
 * Copies something behind a notification with the bytes so far and Cancel.
 *
 * @param total bytes of all that is copied, where they are known
 */
export async function withTransfer<T>(
  title: string,
  total: number | undefined,
  work: (options: TransferOptions) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(oneLine(title)),
    cancellable: true,
  };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const following = token.onCancellationRequested(() => {
      controller.abort();
    });
    let told = { bytes: 0, time: 0 };
    const onBytes = (bytes: number): void => {
      const time = Date.now();
      if (time - told.time < pause) return;
      const known = total !== undefined && total > 0;
      const increment = known ? { increment: Math.max(0, (100 * (bytes - told.bytes)) / total) } : {};
      progress.report({ message: formatSize(bytes) + (known ? ` of ${formatSize(total)}` : ''), ...increment });
      told = { bytes, time };
    };
    try {
      return await work({ signal: controller.signal, onBytes });
    } finally {
      following.dispose();
    }
  });
}
