import * as vscode from 'vscode';
import { type OnProgress, type Work } from '../host/progress.js';
import { oneLine, withoutLinks } from './plain-text.js';
import { type Services } from './services.js';

/**
 * Does work behind a notification with progress and Cancel; what programs print goes into the log.
 *
 * @param controller is aborted by Cancel; others may abort it, too
 */
export async function behindNotification<T>(
  title: string,
  services: Services,
  work: (work: Work) => Promise<T>,
  controller = new AbortController(),
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(oneLine(title)),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return work({ signal: controller.signal, onProgress: showProgress(progress, services) });
  });
}

/** Reports as VS Code counts them: increments of a whole of 100, never backwards. */
function showProgress(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  { log }: Services,
): OnProgress {
  let reached = 0;
  return ({ message, fraction, output }) => {
    if (output !== undefined) log.info(output);
    const percent = Math.max(reached, Math.round((fraction ?? 0) * 100));
    const increment = percent > reached ? { increment: percent - reached } : {};
    progress.report({ message: withoutLinks(oneLine(message)), ...increment });
    reached = percent;
  };
}
