import * as vscode from 'vscode';
import { withColoursOnly } from '../terminal-text.js';

const bold = '\u001b[1m';
const blue = '\u001b[34m';
const green = '\u001b[32m';
const yellow = '\u001b[33m';
const red = '\u001b[31m';
const plain = '\u001b[0m';

/** Kept for a terminal that is opened after its lines came: VS Code opens it when it is first shown. */
const keptLines = 5000;

/** A terminal that shows a build as it goes on; Ctrl-C in it cancels the build. */
export class BuildTerminal implements vscode.Disposable {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly terminal: vscode.Terminal;
  private waiting: string[] | undefined = [];
  private isOver = false;

  constructor(name: string, onInterrupt: () => void) {
    const pty: vscode.Pseudoterminal = {
      onDidWrite: this.written.event,
      open: () => {
        for (const line of this.waiting ?? []) this.written.fire(line);
        this.waiting = undefined;
      },
      close: () => {
        this.waiting = [];
        this.isOver = true;
      },
      handleInput: (input) => {
        if (input === '\u0003' && !this.isOver) onInterrupt();
      },
    };
    // One for each image: that of an earlier build has nothing more to tell.
    for (const other of [...vscode.window.terminals]) {
      if (other.name === name && 'pty' in other.creationOptions) other.dispose();
    }
    this.terminal = vscode.window.createTerminal({ name, pty, iconPath: new vscode.ThemeIcon('package') });
    this.terminal.show(true);
  }

  add(line: string): void {
    this.write(coloured(line));
  }

  /** The last line. */
  end(line: string, isGood: boolean): void {
    this.write(`${isGood ? green : red}${bold}${withColoursOnly(line)}${plain}`);
    this.isOver = true;
  }

  dispose(): void {
    this.terminal.dispose();
    this.written.dispose();
  }

  private write(text: string): void {
    const line = `${text}\r\n`;
    if (this.waiting === undefined) this.written.fire(line);
    else {
      this.waiting.push(line);
      if (this.waiting.length > keptLines) this.waiting.shift();
    }
  }
}

/** A line of the build's log with the colours that a person finds things by. */
function coloured(line: string): string {
  const text = withColoursOnly(line);
  if (text.startsWith('WARNING:')) return `${yellow}${text}${plain}`;
  const [, number, rest = ''] = /^(#\d+) (.*)$/s.exec(text) ?? [];
  if (number === undefined) return text;
  const colour = /^(?:ERROR|CANCELED)/.test(rest)
    ? red
    : /^(?:DONE|CACHED)/.test(rest)
      ? green
      : rest.startsWith('[')
        ? bold
        : '';
  return `${blue}${number}${plain} ${colour}${rest}${colour === '' ? '' : plain}`;
}
