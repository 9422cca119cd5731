import { setTimeout as wait } from 'node:timers/promises';
import { addressesOf, firstAnswering } from './find-url.js';
import { type Service } from './model.js';
import { type ProjectContainer } from './observed.js';
import { sitePath } from './site-path.js';

/** Addresses by the services that publish TCP ports, best first. */
export type ServiceAddresses = ReadonlyMap<string, readonly string[]>;

/**
 * The addresses that the running containers of services can be looked at by.
 *
 * @param services what the files say of them, as far as it is known
 * @param host where the engine publishes ports, seen from here
 * @param path the one to show; what a label says wins, and what the sources say where it is empty
 */
export async function serviceAddresses(
  containers: readonly ProjectContainer[],
  services: readonly Service[],
  host: string,
  path: string,
): Promise<ServiceAddresses> {
  const found = new Map<string, string[]>();
  for (const { service, container, isOneOff } of containers) {
    if (isOneOff || container.state !== 'running') continue;
    const described = services.find(({ name }) => name === service);
    const wanted = path !== '' || described === undefined ? path : ((await sitePath(described)) ?? '');
    const addresses = addressesOf(container, host, wanted === '' ? '/' : wanted);
    if (addresses.length > 0) found.set(service, [...(found.get(service) ?? []), ...addresses]);
  }
  return found;
}

/** The first address of each service that answers HTTP now; a service of which none does is left out. */
export async function answeringNow(all: ServiceAddresses, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const asked = await Promise.all(
    [...all].map(async ([service, addresses]) => [service, await firstAnswering(addresses, signal)] as const),
  );
  return new Map(asked.flatMap(([service, address]) => (address === undefined ? [] : [[service, address]])));
}

interface Patience {
  /** How long is waited for the first answer, in milliseconds. */
  longest: number;
  /** How long is waited for others after it: a program may open one port before the one that people look at. */
  grace: number;
  /** From one round of questions to the next. */
  pause: number;
  signal: AbortSignal;
}

/**
 * Waits until services answer HTTP: asks their ports, not the engine. Resolves to what answers when all do at their first
 * addresses, or when the time or the wait is over; never rejects.
 */
export async function awaitAnswers(
  all: ServiceAddresses,
  { longest, grace, pause, signal }: Patience,
): Promise<ReadonlyMap<string, string>> {
  const begin = performance.now();
  let firstAnswer: number | undefined;
  for (;;) {
    const answering = await answeringNow(all, signal);
    const isBest = [...all].every(([service, [first]]) => answering.get(service) === first);
    const now = performance.now();
    if (answering.size > 0) firstAnswer ??= now;
    const latest = firstAnswer === undefined ? begin + longest : firstAnswer + grace;
    if (isBest || signal.aborted || now >= latest) return answering;
    await wait(pause, undefined, { signal }).catch(() => undefined);
  }
}
