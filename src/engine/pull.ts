import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { parseReference } from '../image/reference.js';
import { type EngineConnection, streamFailure } from './connection.js';
import { readJsonLines } from './json.js';
import { type RegistryCredentials, registryAuthHeader } from './registry/credentials.js';
import { registryHost } from './registry/registry-host.js';
import { refusedAtOnce, registryRefusal } from './registry/registry-refusal.js';

const line = v.object({
  status: v.optional(v.string(), ''),
  id: v.optional(v.string(), ''),
  progressDetail: v.optional(v.object({ current: v.optional(v.number()), total: v.optional(v.number()) })),
  error: v.optional(v.string()),
});

export interface PullOptions {
  /** `linux/arm64`; the engine's own one unless told. */
  platform?: string | undefined;
  /** For the reference's registry and no other one; anonymous access without them. */
  credentials?: RegistryCredentials | undefined;
}

/**
 * Fetches an image from its registry; `latest` where the reference has neither tag nor digest. Resolves to the digest
 * that the registry has it by. Rejects `image-not-found`, `registry-denied`, `registry-unreachable`, `registry-busy`,
 * `platform-not-available`, `invalid-argument`, `cancelled`.
 */
export async function pullImage(
  connection: EngineConnection,
  reference: string,
  { platform, credentials }: PullOptions = {},
  { signal, onProgress }: Work,
): Promise<{ reference: string; digest: string }> {
  const parsed = parseReference(reference);
  if (!parsed.ok) throw new Failure('invalid-argument', parsed.problem, 'Correct the reference.');
  const { domain, path, tag, digest } = parsed.reference;
  const name = domain === undefined ? path : `${domain}/${path}`;
  const version = digest ?? tag ?? 'latest';
  const full = digest === undefined ? `${name}:${version}` : `${name}@${version}`;
  onProgress({ message: `Asking the registry for ${full}` });
  const asking = connection.stream({
    method: 'POST',
    path: '/images/create',
    query: { fromImage: name, tag: version, platform },
    ...(credentials === undefined
      ? {}
      : { headers: { 'X-Registry-Auth': registryAuthHeader(credentials, registryHost(domain)) } }),
    signal,
  });
  const stream = await asking.catch((error: unknown) => {
    throw refusedAtOnce(error);
  });
  const progress = new PullProgress();
  let pulled = '';
  try {
    for await (const each of readJsonLines(stream)) {
      const known = each.ok ? v.safeParse(line, each.value) : undefined;
      if (known?.success !== true) continue;
      const { status, id, progressDetail, error } = known.output;
      if (error !== undefined) throw registryRefusal(error);
      pulled = /^Digest: (\S+)/.exec(status)?.[1] ?? pulled;
      const fraction = progress.add(status, id, progressDetail?.current, progressDetail?.total);
      onProgress({ message: status, ...(fraction === undefined ? {} : { fraction }) });
    }
  } catch (error) {
    throw streamFailure(error, connection, 'The pull', signal);
  } finally {
    stream.destroy();
  }
  return { reference: full, digest: pulled };
}

/** Adds up the bytes of the layers: each is downloaded first and then extracted, which counts as much again. */
class PullProgress {
  private readonly layers = new Map<string, { total: number; downloaded: number; extracted: number }>();

  /** The part of the whole that is done; undefined for as long as no layer has a size. */
  add(status: string, id: string, current: number | undefined, total: number | undefined): number | undefined {
    const layer = this.layers.get(id) ?? { total: 0, downloaded: 0, extracted: 0 };
    if (id !== '') this.layers.set(id, layer);
    if (total !== undefined && total > 0) layer.total = total;
    if (status === 'Downloading') layer.downloaded = current ?? layer.downloaded;
    if (status === 'Extracting') layer.extracted = current ?? layer.extracted;
    if (status === 'Download complete' || status === 'Extracting') layer.downloaded = layer.total;
    if (status === 'Pull complete' || status === 'Already exists') layer.extracted = layer.downloaded = layer.total;
    let whole = 0;
    let done = 0;
    for (const each of this.layers.values()) {
      whole += 2 * each.total;
      done += each.downloaded + each.extracted;
    }
    return whole === 0 ? undefined : Math.min(0.99, done / whole);
  }
}
