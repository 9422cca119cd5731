import { type ResolveDigest } from '../../dockerfile/create-dockerfile.js';
import { untilAborted } from '../../host/until-aborted.js';

/** For all digests of a Dockerfile together, in milliseconds: the registry may be far, or not there. */
const patience = 20_000;

/** The digests of images, asked for in the background while a person answers questions. */
export class Digests {
  private readonly found = new Map<string, string>();
  private readonly asked = new Map<string, Promise<string | undefined>>();
  /** Those that nobody could say, which are not asked for again before the end. */
  private readonly unknown = new Set<string>();
  private readonly ending = new AbortController();

  /** @param onFound called when one has come that was not known before */
  constructor(
    private readonly resolve: ResolveDigest,
    private readonly onFound: () => void,
  ) {}

  /** The digest as far as it is known; asks for it in the background where it is not. */
  readonly known: ResolveDigest = (reference) => {
    if (!this.asked.has(reference) && !this.unknown.has(reference)) void this.ask(reference);
    return Promise.resolve(this.found.get(reference));
  };

  /** Waits for the digest, within limits. Rejects `cancelled` when the signal is raised. */
  readonly final: ResolveDigest = async (reference, signal) => {
    const limit = AbortSignal.timeout(patience);
    try {
      return await untilAborted(
        this.ask(reference),
        AbortSignal.any([signal, limit]),
        `Asking for the digest of ${reference}`,
      );
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  };

  /** Ends what is still asked. */
  dispose(): void {
    this.ending.abort();
  }

  private ask(reference: string): Promise<string | undefined> {
    const before = this.asked.get(reference);
    if (before !== undefined) return before;
    const asked = this.resolve(reference, this.ending.signal)
      .catch(() => undefined)
      .then((digest) => {
        if (digest === undefined) {
          this.asked.delete(reference);
          this.unknown.add(reference);
        } else {
          this.found.set(reference, digest);
          if (!this.ending.signal.aborted) this.onFound();
        }
        return digest;
      });
    this.asked.set(reference, asked);
    return asked;
  }
}
