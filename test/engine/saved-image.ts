import { createHash } from 'node:crypto';
import { extract } from 'tar-stream';
import { type EngineConnection } from '../../src/engine/connection.js';
import { saveImage } from '../../src/engine/images.js';

interface Configuration {
  architecture: string;
  rootfs: { diff_ids: string[] };
  config: { Labels?: Record<string, string> };
}

/** The configuration of an image as the engine saves it, and its digest: the truth that is compared with. */
export async function configurationOf(
  connection: EngineConnection,
  reference: string,
  platform: string,
): Promise<{ digest: string; architecture: string; diffIds: string[]; labels: Record<string, string> }> {
  const architecture = platform.split('/')[1];
  const archive = await saveImage(connection, reference);
  const reader = extract();
  archive.pipe(reader);
  const found: { digest: string; configuration: Configuration }[] = [];
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    const isSmall = entry.header.size < 100_000;
    for await (const chunk of entry) if (isSmall) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (!isSmall || !bytes.includes('diff_ids')) continue;
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    found.push({ digest, configuration: JSON.parse(bytes.toString()) as Configuration });
  }
  const image = found.find(({ configuration }) => configuration.architecture === architecture);
  if (image === undefined) throw new Error(`${reference} has no configuration for ${platform}.`);
  const { configuration, digest } = image;
  return {
    digest,
    architecture: configuration.architecture,
    diffIds: configuration.rootfs.diff_ids,
    labels: configuration.config.Labels ?? {},
  };
}
