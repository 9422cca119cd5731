import { basename, dirname } from 'node:path';
import { pinReferences, referencesToPin } from '../../dockerfile/pin-references.js';
import { readDockerfile } from '../../dockerfile/read-dockerfile.js';
import { writeGenerated } from '../../dockerfile/write-files.js';
import { asFailure, cancelled, Failure } from '../../host/failure.js';

/** Asks for the digest that a reference has now. Rejects where nobody can say. */
export type AskForDigest = (reference: string, signal: AbortSignal) => Promise<string>;

export interface FoundDigests {
  /** By the reference as it is written. */
  digests: ReadonlyMap<string, string>;
  /** Why others have none. */
  failures: ReadonlyMap<string, Failure>;
}

export interface Pinned {
  pinned: { from: string; to: string }[];
}

/**
 * Asks for the digests of all references at the same time. Rejects `cancelled`, and where nobody can say any of them, why
 * the first one is not known.
 */
export async function digestsFor(
  references: readonly string[],
  ask: AskForDigest,
  signal: AbortSignal,
): Promise<FoundDigests> {
  const digests = new Map<string, string>();
  const failures = new Map<string, Failure>();
  await Promise.all(
    references.map(async (reference) => {
      try {
        digests.set(reference, await ask(reference, signal));
      } catch (error) {
        failures.set(reference, asFailure(error, `Asking for the digest of ${reference}`));
      }
    }),
  );
  if (signal.aborted) throw cancelled('Pinning the base images');
  const first = references.map((reference) => failures.get(reference)).find((failure) => failure !== undefined);
  if (digests.size === 0 && first !== undefined) throw first;
  return { digests, failures };
}

/**
 * Appends the digests of the images that a Dockerfile names. Rejects `dockerfile-not-found`, `file-unreadable` for one that
 * is not UTF-8, what `digestsFor` rejects, and what writing rejects.
 *
 * @param dockerfile absolute path
 */
export async function pinFile(dockerfile: string, ask: AskForDigest, signal: AbortSignal): Promise<Pinned> {
  const references = referencesToPin(await readDockerfile(dockerfile));
  const { digests } = await digestsFor(references, ask, signal);
  return writePinned(dockerfile, digests, signal);
}

/** Appends digests to a Dockerfile as it is now; writes nothing where that changes nothing. Rejects as `pinFile`. */
export async function writePinned(
  dockerfile: string,
  digests: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Pinned> {
  if (digests.size === 0) return { pinned: [] };
  const before = await readDockerfile(dockerfile);
  const { text, pinned } = pinReferences(before, (reference) => digests.get(reference));
  if (pinned.length === 0) return { pinned };
  // What stands for bytes that are no characters would be written in their place.
  if (before.includes('\uFFFD'))
    throw new Failure('file-unreadable', `${dockerfile} is not UTF-8.`, 'Save it as UTF-8, then pin its images again.');
  const file = { name: basename(dockerfile), kind: 'whole' as const, before, after: text };
  try {
    await writeGenerated(dirname(dockerfile), [file], 'replace', signal);
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'file-exists') throw error;
    throw new Failure('file-exists', `${dockerfile} was changed meanwhile.`, 'Pin its images again.', { cause: error });
  }
  return { pinned };
}

/** A line that another one takes the place of. */
export interface ChangedLine {
  /** Counted from 0. */
  line: number;
  /** Without its end. */
  text: string;
}

/** The lines that pinning has changed; it makes no new ones. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const old = before.split(/\r?\n/);
  return after.split(/\r?\n/).flatMap((text, line) => (text === old[line] ? [] : [{ line, text }]));
}
