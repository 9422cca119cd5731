import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../host/failure.js';
import { type SecretSource } from './request.js';

/** BuildKit takes no larger secret (`session/secrets`, 500 KiB). */
const largestSecret = 500 * 1024;

/**
 * Answers BuildKit's questions for secrets, each read when it is asked for. Rejects `secret-not-found` at once where a
 * file or variable is not there, and `invalid-argument` for a file that is too large.
 */
export async function openSecrets(
  sources: Readonly<Record<string, SecretSource>>,
  environment: NodeJS.ProcessEnv,
): Promise<(id: string) => Promise<Uint8Array | undefined>> {
  for (const [id, source] of Object.entries(sources)) {
    if ('env' in source) {
      if (environment[source.env] !== undefined) continue;
      throw missing(id, `the environment variable ${source.env} is not set`);
    }
    const size = await stat(source.file).then(
      (stats) => (stats.isFile() ? stats.size : undefined),
      () => undefined,
    );
    if (size === undefined) throw missing(id, `there is no file ${source.file}`);
    if (size > largestSecret) {
      throw new Failure(
        'invalid-argument',
        `The secret “${id}” is larger than the ${largestSecret / 1024} KiB that BuildKit takes.`,
        'Choose a smaller file.',
      );
    }
  }
  return async (id) => {
    const source = Object.hasOwn(sources, id) ? sources[id] : undefined;
    if (source === undefined) return undefined;
    return 'env' in source ? Buffer.from(environment[source.env] ?? '') : readFile(source.file);
  };
}

function missing(id: string, why: string): Failure {
  return new Failure(
    'secret-not-found',
    `The secret “${id}” cannot be read: ${why}.`,
    'Correct where it comes from, then build again.',
  );
}
