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
  private isOpen = false;
  private isGone = false;
  private isOver = false;
  private interrupts = 0;

  constructor(
    name: string,
    private readonly run: LiveRun,
    private readonly onFailure: (what: string, error: unknown) => void,
  ) {
    const pty: vscode.Pseudoterminal = {
      onDidWrite: this.written.event,
      onDidClose: this.closed.event,
      open: (dimensions) => {
        this.isOpen = true;
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
    return this.isGone;
  }

  show(): void {
    this.terminal.show(!this.run.takesInput);
  }

  /** The last line. */
  end(text: string): void {
    if (this.isGone) return;
    this.isOver = true;
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
    if (this.isOpen) {
      this.timer ??= setTimeout(() => {
        this.flush();
      }, every);
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.isOpen || this.pending === '') return;
    this.written.fire(this.pending);
    this.pending = '';
  }

  private resize(dimensions: vscode.TerminalDimensions | undefined): void {
    if (dimensions === undefined || !this.run.takesInput || this.isOver) return;
    this.attempt('Resizing the terminal', this.run.resize(dimensions));
  }

  private handleInput(input: string): void {
    if (this.isOver) {
      if (this.run.takesInput) this.closed.fire();
    } else if (this.run.takesInput) this.run.write(input);
    else if (input === interrupt) this.onInterrupt();
  }

  private onInterrupt(): void {
    this.interrupts++;
    if (this.interrupts === 1) {
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
    this.isOpen = false;
    this.isGone = true;
    this.pending = '';
    const { isOver } = this;
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
