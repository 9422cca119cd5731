import { StringDecoder } from 'node:string_decoder';
import * as vscode from 'vscode';
import { asFailure } from '../../host/failure.js';
import { type LiveRun } from '../../run/live-run.js';
import { oneLine, withoutLinks } from '../plain-text.js';

/** What a program prints is shown in pieces, in milliseconds. */
const every = 16;
/** A piece that is longer is cut: nobody reads so fast, and the log has it all. In characters. */
const longest = 200_000;

const dim = '\u001b[2m';
const bold = '\u001b[1m';
const plain = '\u001b[0m';
const interrupt = '\u0003';

type State =
  /** VS Code has not opened the terminal yet, and would lose what is written to it; a short run may end meanwhile. */
  | { kind: 'opening'; next: 'live' | 'ended' }
  /** It shows what the program prints; `interrupts` counts the Ctrl-C of a program without an input. */
  | { kind: 'live'; interrupts: number }
  /** The last line stands. */
  | { kind: 'ended' }
  | { kind: 'closed' };

/**
 * The terminal of a run. A program with an input gets every key; without one, Ctrl-C interrupts it, and a second Ctrl-C
 * ends it at once. Closing it asks whether the run is to go on.
 */
export class RunTerminal implements vscode.Disposable {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<void>();
  private readonly terminal: vscode.Terminal;
  private readonly decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  private readonly disposables: { dispose(): unknown }[];
  private pending = '';
  private timer: NodeJS.Timeout | undefined;
  private state: State = { kind: 'opening', next: 'live' };

  constructor(
    name: string,
    private readonly run: LiveRun,
    private readonly onFailure: (what: string, error: unknown) => void,
  ) {
    const pty: vscode.Pseudoterminal = {
      onDidWrite: this.written.event,
      onDidClose: this.closed.event,
      open: (dimensions) => {
        this.onOpen();
        this.resize(dimensions);
        this.flush();
      },
      setDimensions: (dimensions) => {
        this.resize(dimensions);
      },
      handleInput: (input) => {
        this.handleInput(input);
      },
      close: () => {
        this.onClose();
      },
    };
    this.terminal = vscode.window.createTerminal({ name, pty, iconPath: new vscode.ThemeIcon('play') });
    this.disposables = [
      this.written,
      this.closed,
      run.onOutput((data, stream) => {
        this.add(this.decoders[stream].write(Buffer.from(data)));
      }),
      run.onChange(() => {
        this.onPhase();
      }),
    ];
  }

  get isClosed(): boolean {
    return this.state.kind === 'closed';
  }

  show(): void {
    this.terminal.show(!this.run.takesInput);
  }

  /** The last line. */
  end(text: string): void {
    if (this.state.kind === 'closed') return;
    this.state = this.state.kind === 'opening' ? { kind: 'opening', next: 'ended' } : { kind: 'ended' };
    const closing = this.run.takesInput ? ` ${dim}Press any key to close.${plain}` : '';
    this.pending += `\r\n${bold}${oneLine(text)}${plain}${closing}\r\n`;
    this.flush();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.terminal.dispose();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private add(text: string): void {
    // A program without a terminal ends its lines as files do.
    this.pending += this.run.takesInput ? text : text.replaceAll(/(?<!\r)\n/g, '\r\n');
    if (this.pending.length > 2 * longest) {
      const note = `\r\n${dim}… left out here: the log has it all …${plain}\r\n`;
      this.pending = this.pending.slice(0, longest / 2) + note + this.pending.slice(-longest / 2);
    }
    if (this.isShown) {
      this.timer ??= setTimeout(() => {
        this.flush();
      }, every);
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.isShown || this.pending === '') return;
    this.written.fire(this.pending);
    this.pending = '';
  }

  private get isShown(): boolean {
    return this.state.kind === 'live' || this.state.kind === 'ended';
  }

  private onOpen(): void {
    if (this.state.kind !== 'opening') return;
    this.state = this.state.next === 'live' ? { kind: 'live', interrupts: 0 } : { kind: 'ended' };
  }

  private resize(dimensions: vscode.TerminalDimensions | undefined): void {
    if (dimensions === undefined || !this.run.takesInput || this.state.kind !== 'live') return;
    this.attempt('Resizing the terminal', this.run.resize(dimensions));
  }

  private handleInput(input: string): void {
    const { takesInput } = this.run;
    switch (this.state.kind) {
      case 'live':
        if (takesInput) this.run.write(input);
        else if (input === interrupt) this.onInterrupt(this.state.interrupts);
        break;
      case 'ended':
        if (takesInput) this.closed.fire();
        break;
      case 'opening':
      case 'closed':
    }
  }

  private onInterrupt(before: number): void {
    this.state = { kind: 'live', interrupts: before + 1 };
    if (before === 0) {
      this.add(`\n${dim}^C was sent to the program. Once more ends it at once.${plain}\n`);
      this.attempt('Interrupting the run', this.run.interrupt());
    } else {
      this.add(`\n${dim}The program is ended.${plain}\n`);
      this.attempt('Ending the run', this.run.kill());
    }
  }

  private onPhase(): void {
    const { phase } = this.run;
    if (phase.kind === 'copying' && phase.bytes === 0) this.add(`\n${dim}Copying the results…${plain}\n`);
  }

  private onClose(): void {
    const { state } = this;
    const isOver = state.kind === 'ended' || (state.kind === 'opening' && state.next === 'ended');
    this.state = { kind: 'closed' };
    clearTimeout(this.timer);
    this.pending = '';
    vscode.Disposable.from(...this.disposables).dispose();
    if (!isOver && this.run.phase.kind === 'running') this.attempt('Stopping the run', this.askToStop());
  }

  private async askToStop(): Promise<void> {
    const stop = 'Stop It';
    const name = withoutLinks(oneLine(this.run.current.image.reference));
    const message = `${name} is still running. It goes on without its terminal; the view “Runs” shows it.`;
    const chosen = await vscode.window.showInformationMessage(message, 'Leave It Running', stop);
    if (chosen === stop) await this.run.stop();
  }

  private attempt(what: string, work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.onFailure(what, asFailure(error, what));
    });
  }
}
