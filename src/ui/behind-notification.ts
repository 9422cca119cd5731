import * as vscode from 'vscode';
import { type Work } from '../host/progress.js';
import { oneLine, withoutLinks } from './plain-text.js';
import { type Services } from './services.js';

/** Does work behind a notification with progress and Cancel; what programs print goes into the log. */
export async function behindNotification<T>(
  title: string,
  { log }: Services,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(oneLine(title)),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => {
      controller.abort();
    });
    const onProgress: Work['onProgress'] = ({ message, output }) => {
      if (output !== undefined) log.info(output);
      progress.report({ message: withoutLinks(oneLine(message)) });
    };
    return work({ signal: controller.signal, onProgress });
  });
}
