import * as vscode from 'vscode';
import { type TerminalSize } from '../../engine/shell.js';
import { asFailure, cancelled } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { oneLine } from '../plain-text.js';
import { type OpenTerminals } from './open-terminals.js';
import { PacedOutput } from './paced-output.js';

/** What a terminal shows and takes. */
export interface TerminalSession {
  /** What is shown; its end, or an error in it, is the end of the session. */
  output: AsyncIterable<string>;
  write(input: string): void;
  resize(size: TerminalSize): Promise<void>;
  /** What is said at the end. Rejects with a Failure that is said instead. */
  lastLine(): Promise<string>;
  /** Called once, when the terminal is closed or the session has ended. */
  close(): Promise<void>;
}

interface Options {
  name: string;
  icon: string;
  /** Called when the terminal is there and its size is known; a session that nobody waits for any more is closed. */
  begin: (size: TerminalSize) => Promise<TerminalSession>;
  /** Called once, when the session is closed, or did not begin. */
  dispose: () => void;
  /** Where the terminal is known until its session is closed. */
  terminals: OpenTerminals;
  log: Log;
}

type State =
  | { kind: 'opening' }
  | { kind: 'live'; session: TerminalSession }
  /** The last line stands: a key closes the terminal. */
  | { kind: 'ended' }
  | { kind: 'closed' };

/** The size of a terminal that VS Code does not show yet. */
const usualSize: TerminalSize = { columns: 80, rows: 24 };

const dim = '\u001b[2m';
const bold = '\u001b[1m';
const plain = '\u001b[0m';

/**
 * Opens a terminal and begins its session; resolves when that is there. Rejects, and leaves no terminal, where it cannot begin:
 * `cancelled` where the signal is raised or the terminal is closed before.
 */
export function openStreamTerminal(options: Options, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const terminal = new StreamTerminal(options, resolve, reject);
    signal.addEventListener('abort', () => {
      terminal.cancel();
    });
    if (signal.aborted) terminal.cancel();
    else terminal.show();
  });
}

class StreamTerminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<void>();
  private readonly terminal: vscode.Terminal;
  private readonly paced = new PacedOutput((text) => {
    this.written.fire(text);
  });
  private state: State = { kind: 'opening' };
  private size = usualSize;
  private resized = Promise.resolve();
  private closing = Promise.resolve();
  private entry: { dispose(): void } | undefined;

  constructor(
    private readonly options: Options,
    private readonly onOpen: () => void,
    private readonly onFailure: (error: unknown) => void,
  ) {
    const { name, icon } = options;
    const pty: vscode.Pseudoterminal = {
      onDidWrite: this.written.event,
      onDidClose: this.closed.event,
      open: (dimensions) => {
        this.size = dimensions ?? usualSize;
        void this.begin();
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
    this.terminal = vscode.window.createTerminal({ name: oneLine(name), pty, iconPath: new vscode.ThemeIcon(icon) });
  }

  show(): void {
    this.terminal.show();
  }

  /** Not for a session that has begun. */
  cancel(): void {
    if (this.state.kind !== 'opening') return;
    this.terminal.dispose();
    this.onClose();
  }

  private async begin(): Promise<void> {
    let session: TerminalSession;
    try {
      session = await this.options.begin(this.size);
    } catch (error) {
      this.onFailure(error);
      this.options.dispose();
      this.state = { kind: 'closed' };
      this.terminal.dispose();
      return;
    }
    if (this.isClosed()) {
      this.close(session);
      return;
    }
    this.state = { kind: 'live', session };
    this.entry = this.options.terminals.add(() => {
      this.onClose();
      return this.closing;
    });
    this.onOpen();
    this.resize(this.size);
    await this.follow(session);
  }

  private async follow(session: TerminalSession): Promise<void> {
    try {
      for await (const text of session.output) {
        if (this.isClosed()) return;
        await this.paced.add(text);
      }
    } catch (error) {
      if (this.isClosed()) return;
      // What it means for the session is what the last line says.
      this.options.log.info(`${this.options.name}: ${asFailure(error, 'The terminal').message}`);
    }
    if (this.isClosed()) return;
    const text = await this.lastLineOf(session);
    if (this.isClosed()) return;
    this.state = { kind: 'ended' };
    await this.paced.add(`\r\n${bold}${oneLine(text)}${plain} ${dim}Press any key to close.${plain}\r\n`);
    this.close(session);
  }

  private async lastLineOf(session: TerminalSession): Promise<string> {
    try {
      return await session.lastLine();
    } catch (error) {
      const { message, remedy } = asFailure(error, 'The terminal');
      return `${message} ${remedy}`;
    }
  }

  private isClosed(): boolean {
    return this.state.kind === 'closed';
  }

  private resize(size: TerminalSize): void {
    this.size = size;
    if (this.state.kind !== 'live') return;
    const { session } = this.state;
    // One after the other: the last one is to stay.
    this.resized = this.resized.then(() => this.attempt('Resizing the terminal', session.resize(size)));
  }

  private handleInput(input: string): void {
    switch (this.state.kind) {
      case 'live':
        this.state.session.write(input);
        break;
      case 'ended':
        this.closed.fire();
        break;
      case 'opening':
      case 'closed':
    }
  }

  private onClose(): void {
    const { state } = this;
    this.state = { kind: 'closed' };
    this.paced.flush();
    if (state.kind === 'live') this.close(state.session);
    if (state.kind === 'opening') this.onFailure(cancelled('Opening the terminal'));
    this.written.dispose();
    this.closed.dispose();
  }

  private close(session: TerminalSession): void {
    this.entry?.dispose();
    this.closing = this.attempt('Closing the terminal', session.close().finally(this.options.dispose));
  }

  /** What fails here says itself by the end of the session, or has nobody left to be told. */
  private attempt(what: string, work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      this.options.log.warn(`${this.options.name}: ${what}: ${asFailure(error, what).message}`);
    });
  }
}
