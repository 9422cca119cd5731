import * as vscode from 'vscode';
import { Failure } from '../../host/failure.js';
import { withoutIcons } from '../plain-text.js';
import { withColoursOnly } from '../terminal-text.js';

const scheme = 'research-containers-build-log';
const language = 'research-containers-build-log';

/** Of each build the last lines are kept, and of as many builds. */
const limits = { lines: 50_000, builds: 10 };

interface BuildLog {
  name: string;
  begun: Date;
  lines: string[];
}

/** What the builds of this window printed, to be read, searched and saved like any text. */
export class BuildLogs implements vscode.Disposable {
  private readonly logs = new Map<string, BuildLog>();
  private count = 0;
  private readonly providing = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: ({ query }) =>
      `${(this.logs.get(query)?.lines ?? ['This log is not kept any more.']).join('\n')}\n`,
  });

  /** Begins the log of a build; what is called with a line appends it. */
  begin(name: string): (line: string) => void {
    const log: BuildLog = { name, begun: new Date(), lines: [] };
    this.logs.set(String(++this.count), log);
    const [oldest] = this.logs.keys();
    if (this.logs.size > limits.builds && oldest !== undefined) this.logs.delete(oldest);
    return (line) => {
      log.lines.push(withoutColours(line));
      if (log.lines.length > limits.lines) log.lines.shift();
    };
  }

  /** Opens the log of a build that a person picks; of the only one at once. Rejects where there is none. */
  async show(): Promise<void> {
    const items = [...this.logs].reverse().map(([key, { name, begun, lines }]) => ({
      label: withoutIcons(name),
      description: `${begun.toLocaleTimeString()} · ${lines.length} lines`,
      key,
    }));
    if (items.length === 0) {
      throw new Failure('file-not-found', 'Nothing was built in this window yet.', 'Build an image first.');
    }
    const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: 'Which build?' });
    if (chosen === undefined) return;
    const path = `/${chosen.label.replaceAll(/[/\\:]/g, '-')}.log`;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path, query: chosen.key }));
    await vscode.window.showTextDocument(await vscode.languages.setTextDocumentLanguage(document, language));
  }

  dispose(): void {
    this.providing.dispose();
  }
}

function withoutColours(line: string): string {
  return withColoursOnly(line)
    .split('\u001b')
    .map((part, at) => (at === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
    .join('');
}
