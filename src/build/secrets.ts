import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../host/failure.js';
import { type SecretSource } from './request.js';

/** BuildKit takes no larger secret (`session/secrets`, 500 KiB). */
const largestSecret = 500 * 1024;

/** The secrets of one build. */
export interface BuildSecrets {
  /** Undefined for one that is not there. */
  read: (id: string) => Promise<Uint8Array | undefined>;
  /** Identifiers of those that a step was given; never a value. */
  handedOut: readonly string[];
}

/**
 * Answers BuildKit's questions for secrets, each read when it is asked for. Rejects `secret-not-found` at once where a
 * file or variable is not there, and `invalid-argument` for a file that is too large.
 */
export async function openSecrets(
  sources: Readonly<Record<string, SecretSource>>,
  environment: NodeJS.ProcessEnv,
  kept: (id: string) => Promise<string | undefined> = () => Promise.resolve(undefined),
): Promise<BuildSecrets> {
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
  const handedOut: string[] = [];
  const read = async (id: string): Promise<Uint8Array | undefined> => {
    const source = Object.hasOwn(sources, id) ? sources[id] : undefined;
    if (source === undefined) {
      const value = await kept(id);
      return value === undefined ? undefined : Buffer.from(value);
    }
    return 'env' in source ? Buffer.from(environment[source.env] ?? '') : readFile(source.file);
  };
  return {
    handedOut,
    read: async (id) => {
      const value = await read(id);
      if (value !== undefined && !handedOut.includes(id)) handedOut.push(id);
      return value;
    },
  };
}

function missing(id: string, why: string): Failure {
  return new Failure(
    'secret-not-found',
    `The secret “${id}” cannot be read: ${why}.`,
    'Correct where it comes from, then build again.',
  );
}
