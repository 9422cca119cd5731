import { setTimeout as delay } from 'node:timers/promises';

interface WaitOptions {
  /** How long the condition may take to come true, in milliseconds. */
  within: number;
  signal?: AbortSignal;
  /** Why it did not come true, for the error; asked only when the time is over. */
  explain?: () => Promise<string> | string;
}

const INTERVAL_MS = 50;

/**
 * Asks `condition` again and again until it answers something else than undefined or false, and answers that.
 *
 * @throws Error saying what was waited for and for how long when the time is over; the signal's reason when aborted;
 * whatever `condition` throws.
 */
export async function waitFor<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions,
): Promise<T> {
  const end = Date.now() + options.within;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) {
      const reason = options.explain ? `\n${await options.explain()}` : '';
      throw new Error(`Waited ${options.within / 1000} s for ${what}, in vain.${reason}`);
    }
    // The next round throws the signal's own reason, which an aborted delay hides.
    await delay(INTERVAL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
