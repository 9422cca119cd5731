import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { type Work } from '../../host/progress.js';
import { type Platform } from '../../image/platform.js';
import { parseReference } from '../../image/reference.js';
import { type EngineConnection, streamFailure } from '../connection.js';
import { imagePath } from '../images.js';
import { readJsonLines } from '../json.js';
import { type RegistryCredentials, registryAuthHeader } from './credentials.js';
import { registryHost } from './registry-host.js';
import { refusedAtOnce, registryRefusal } from './registry-refusal.js';

const line = v.object({
  status: v.optional(v.string(), ''),
  id: v.optional(v.string(), ''),
  progressDetail: v.nullish(v.object({ current: v.optional(v.number()), total: v.optional(v.number()) })),
  aux: v.nullish(v.object({ Digest: v.optional(v.string()) })),
  error: v.optional(v.string()),
});

/**
 * Pushes what a reference with a tag (`latest` where it has none) names on the engine to its registry. Resolves to the
 * digest that the registry has it by. Rejects `image-not-found`, `registry-denied`, `registry-unreachable`,
 * `registry-busy`, `invalid-argument`, `cancelled`.
 *
 * @param platform the only one to push of an image that the containerd store has for several; engines before API 1.46
 * have one each, and do not look at it
 */
export async function pushReference(
  connection: EngineConnection,
  reference: string,
  credentials: RegistryCredentials | undefined,
  platform: Platform | undefined,
  { signal, onProgress }: Work,
): Promise<{ digest: string }> {
  const parsed = parseReference(reference);
  if (!parsed.ok) throw new Failure('invalid-argument', parsed.problem, 'Correct the reference.');
  const { domain, path, tag = 'latest', digest } = parsed.reference;
  if (digest !== undefined) {
    throw new Failure('invalid-argument', 'A digest cannot be pushed to.', 'Give the reference a tag instead.');
  }
  const name = domain === undefined ? path : `${domain}/${path}`;
  onProgress({ message: `Asking the registry for ${name}:${tag}` });
  const asking = connection.stream({
    method: 'POST',
    path: `/images/${imagePath(name)}/push`,
    query: { tag, platform: platform === undefined ? undefined : JSON.stringify(platform) },
    headers: { 'X-Registry-Auth': registryAuthHeader(credentials, registryHost(domain)) },
    signal,
  });
  const stream = await asking.catch((error: unknown) => {
    throw refusedAtOnce(error);
  });
  const progress = new PushProgress();
  let pushed: string | undefined;
  try {
    for await (const each of readJsonLines(stream)) {
      const known = each.ok ? v.safeParse(line, each.value) : undefined;
      if (known?.success !== true) continue;
      const { status, id, progressDetail, aux, error } = known.output;
      if (error !== undefined) throw registryRefusal(error);
      // The containerd store says the digest to a person only.
      pushed = aux?.Digest ?? /^\S+: digest: (sha256:[0-9a-f]{64}) size: \d+$/.exec(status)?.[1] ?? pushed;
      if (status === '') continue;
      const fraction = progress.add(status, id, progressDetail?.current, progressDetail?.total);
      onProgress({ message: status, ...(fraction === undefined ? {} : { fraction }) });
    }
  } catch (error) {
    throw streamFailure(error, connection, 'The push', signal);
  } finally {
    stream.destroy();
  }
  if (pushed !== undefined) return { digest: pushed };
  throw new Failure(
    'engine-refused',
    `The engine did not say that it has pushed ${name}:${tag}.`,
    'See whether the registry has it, and try again.',
  );
}

/** The part of each layer that the registry has; all layers count alike, for their sizes are told only one by one. */
class PushProgress {
  private readonly layers = new Map<string, number>();

  /** The part of the whole that is done; undefined for as long as no layer is named. */
  add(status: string, id: string, current: number | undefined, total: number | undefined): number | undefined {
    if (id !== '') this.layers.set(id, this.partOf(status, id, current, total));
    if (this.layers.size === 0) return undefined;
    let done = 0;
    for (const part of this.layers.values()) done += part;
    return Math.min(0.99, done / this.layers.size);
  }

  private partOf(status: string, id: string, current: number | undefined, total: number | undefined): number {
    if (/^(?:Pushed|Layer already exists|Already exists|Mounted from)/.test(status)) return 1;
    const before = this.layers.get(id) ?? 0;
    if (status !== 'Pushing' || current === undefined || total === undefined || total <= 0) return before;
    return Math.max(before, Math.min(1, current / total));
  }
}
