import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { type EngineConnection } from '../../engine/connection.js';
import { type Engine } from '../../engine/engine.js';
import { asFailure } from '../../host/failure.js';
import { Limiter } from '../../inventory/limiter.js';
import { oneLine } from '../plain-text.js';
import { showFailure } from '../show-failure.js';
import { countText, type PageMessage, pageRequest } from './log-messages.js';
import { rowsOf, textOf } from './log-rows.js';
import { LogSearch } from './log-search.js';
import { logsHtml } from './logs-page.js';
import { saveLog } from './save-log.js';
import { type ShownLog } from './shown-log.js';

type PageRequest = v.InferOutput<typeof pageRequest>;

/** No eye follows more than twenty changes a second. */
const pauseMilliseconds = 50;
/** More than a page has room for. */
const mostRows = 500;
const mostSearchMilliseconds = 1000;

/** A tab with the log of a container, or of several, which goes on for as long as the tab is open. */
export class LogsPanel {
  private readonly panel: vscode.WebviewPanel;
  private readonly log: ShownLog;
  private readonly limiter = new Limiter(() => {
    this.tell();
  }, pauseMilliseconds);
  private readonly listening: { dispose(): void };
  private search: LogSearch | undefined;
  /** Goes up when all lines of before look different. */
  private generation = 0;
  private isReady = false;

  /**
   * @param subject what the log is of
   * @param open makes the log, which calls back after each change of anything
   */
  constructor(
    private readonly subject: string,
    open: (onChange: () => void) => ShownLog,
    connection: EngineConnection,
    engine: Engine,
    onClose: () => void,
  ) {
    const name = oneLine(subject);
    this.panel = vscode.window.createWebviewPanel(
      'researchContainers.logs',
      `Logs: ${name}`,
      { viewColumn: vscode.ViewColumn.Active },
      { enableScripts: true, localResourceRoots: [] },
    );
    this.log = open(() => {
      this.limiter.trigger();
    });
    this.listening = engine.onChange(() => {
      if (engine.state.kind === 'connected') this.log.tryNow();
    });
    this.panel.webview.onDidReceiveMessage((message: unknown) => this.answer(message));
    this.panel.onDidChangeViewState(() => {
      // A tab in the background has no page, and begins anew when it comes back.
      if (!this.panel.visible) this.isReady = false;
    });
    this.panel.onDidDispose(() => {
      this.listening.dispose();
      this.log.stop();
      this.limiter.dispose();
      connection.dispose();
      onClose();
    });
    this.panel.webview.html = logsHtml({ name: subject, nonce: randomBytes(16).toString('hex') });
    this.log.begin('all');
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private post(message: PageMessage): void {
    void this.panel.webview.postMessage(message);
  }

  private tell(): void {
    if (!this.isReady) return;
    const { log, search } = this;
    const { buffer, status } = log;
    // The rest has its turn soon.
    if (search?.search(buffer) === true) this.limiter.trigger();
    this.post({
      type: 'log',
      generation: this.shownGeneration,
      first: buffer.first,
      end: buffer.end,
      head: log.head,
      empty: log.empty,
      state: { kind: status.kind, text: oneLine(status.text) },
      period: log.period,
      found:
        search === undefined
          ? undefined
          : { text: search.problem ?? countText(search.count), isProblem: search.problem !== undefined },
    });
  }

  private async answer(message: unknown): Promise<void> {
    const parsed = v.safeParse(pageRequest, message);
    if (!parsed.success) return;
    try {
      await this.perform(parsed.output);
    } catch (error) {
      await showFailure(asFailure(error, 'Showing the log'));
    }
  }

  private async perform(request: PageRequest): Promise<void> {
    const { log } = this;
    switch (request.type) {
      case 'ready':
        this.isReady = true;
        this.tell();
        return;
      case 'range':
        this.sendRows(request.from, request.end);
        return;
      case 'find':
        this.search = request.text === '' ? undefined : new LogSearch(request);
        this.generation++;
        this.tell();
        return;
      case 'step':
        this.step(request.from, request.direction);
        return;
      case 'since':
        log.begin(request.period);
        return;
      case 'clear':
        log.clear();
        return;
      case 'copy':
        await vscode.env.clipboard.writeText([...this.text(request.times)].join(''));
        vscode.window.setStatusBarMessage('$(copy) The log was copied.', 5000);
        return;
      case 'save':
        await saveLog(this.subject, this.text(request.times));
    }
  }

  private sendRows(from: number, end: number): void {
    const { buffer } = this.log;
    const start = Math.max(from, buffer.first);
    const lines = [...buffer.lines(start, Math.min(end, start + mostRows))];
    const sources = lines.map((_, at) => this.log.sourceOf(start + at));
    const rows = rowsOf(lines, this.search, sources);
    this.post({ type: 'rows', generation: this.shownGeneration, from: start, rows });
  }

  private get shownGeneration(): number {
    return this.generation + this.log.generation;
  }

  private text(withTimes: boolean): Generator<string> {
    const { log } = this;
    return textOf(log.buffer, withTimes, (number) => log.sourceOf(number));
  }

  private step(from: number, direction: 1 | -1): void {
    const { search } = this;
    if (search === undefined) return;
    // Those lines count, too, that were not looked through yet, unless that takes too long.
    const latest = performance.now() + mostSearchMilliseconds;
    while (performance.now() < latest && search.search(this.log.buffer));
    const found = search.step(from, direction);
    this.tell();
    if (found === undefined) return;
    this.post({ type: 'found', number: found.number, text: countText(search.count, found.ordinal) });
  }
}
