import { type EngineConnection } from '../../engine/connection.js';
import { findShell, type FoundShell, openShell, type TerminalSize } from '../../engine/shell.js';
import { type Log } from '../../host/log.js';
import { type OpenTerminals } from './open-terminals.js';
import { openStreamTerminal, type TerminalSession } from './stream-terminal.js';
import { screenText } from './terminal-output.js';

/**
 * Opens a shell of a running container in a terminal, and resolves when it is there. With the terminal the shell ends, and what
 * was started in it.
 *
 * Rejects `command-not-found` where the container has no shell, `container-not-running`, `container-not-found`, `cancelled`.
 *
 * @param connection disposed of when the terminal is closed, or where it cannot be opened
 */
export async function openShellTerminal(
  connection: EngineConnection,
  container: { id: string; name: string },
  { terminals, log }: { terminals: OpenTerminals; log: Log },
  signal: AbortSignal,
): Promise<void> {
  const dispose = (): void => {
    connection.dispose();
  };
  let found: FoundShell;
  try {
    found = await findShell(connection, container.id, { signal });
  } catch (error) {
    dispose();
    throw error;
  }
  const begin = async (size: TerminalSize): Promise<TerminalSession> => {
    // Not ended by a signal: a shell that the engine has begun to start is to be ended in the container.
    const options = { size, signal: new AbortController().signal };
    const shell = await openShell(connection, container.id, found, options);
    const { stream } = shell;
    // Its end is what the output is read to.
    stream.on('error', () => undefined);
    return {
      output: screenText(stream),
      write: (input) => {
        if (stream.writable) stream.write(input);
      },
      resize: (to) => shell.resize(to),
      lastLine: async () => `The shell ended with exit code ${await shell.exitCode()}.`,
      close: () => shell.end(),
    };
  };
  await openStreamTerminal({ name: container.name, icon: 'terminal', begin, dispose, terminals, log }, signal);
}
