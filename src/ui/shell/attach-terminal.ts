import { attachContainer } from '../../engine/attach.js';
import { type EngineConnection } from '../../engine/connection.js';
import { type TerminalSize } from '../../engine/shell.js';
import { type Log } from '../../host/log.js';
import { oneLine } from '../plain-text.js';
import { type OpenTerminals } from './open-terminals.js';
import { openStreamTerminal, type TerminalSession } from './stream-terminal.js';
import { linesText, screenText } from './terminal-output.js';

/**
 * Shows in a terminal what the program of a running container prints from now on, and gives it the keys where it takes them;
 * resolves when it is there. The program goes on when the terminal is closed.
 *
 * Rejects `container-not-running`, `container-not-found`, `cancelled`.
 *
 * @param connection disposed of when the terminal is closed, or where it cannot be opened
 */
export async function openAttachTerminal(
  connection: EngineConnection,
  { id, name }: { id: string; name: string },
  { terminals, log }: { terminals: OpenTerminals; log: Log },
  signal: AbortSignal,
): Promise<void> {
  const begin = async (size: TerminalSize): Promise<TerminalSession> => {
    const attachment = await attachContainer(connection, id, signal);
    const { stream, takesInput, kind } = attachment;
    // Its end is what the output is read to.
    stream.on('error', () => undefined);
    // A program draws its screen anew only when its size is another one than before: the right one follows.
    await attachment.resize({ columns: size.columns, rows: size.rows + 1 }).catch(() => undefined);
    return {
      output: withFirstLine(name, takesInput, kind === 'terminal' ? screenText(stream) : linesText(stream)),
      write: (input) => {
        if (takesInput && stream.writable) stream.write(input);
      },
      resize: (to) => attachment.resize(to),
      lastLine: async () => {
        const exitCode = await attachment.exitCode();
        return exitCode === undefined
          ? `The connection ended; ${name} goes on.`
          : `The container ended with exit code ${exitCode}.`;
      },
      close: () => {
        stream.destroy();
        return Promise.resolve();
      },
    };
  };
  const dispose = (): void => {
    connection.dispose();
  };
  await openStreamTerminal({ name, icon: 'plug', begin, dispose, terminals, log }, signal);
}

async function* withFirstLine(
  name: string,
  takesInput: boolean,
  output: AsyncIterable<string>,
): AsyncGenerator<string> {
  const input = takesInput ? '' : ' It takes no input.';
  const text = `Attached to ${oneLine(name)}, from now on.${input} Closing this terminal leaves it running.`;
  yield `\u001b[2m${text}\u001b[0m\r\n`;
  yield* output;
}
