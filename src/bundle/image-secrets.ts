import * as v from 'valibot';
import { type LayerSearch } from './archive/layer-secrets.js';
import { findSecretsOfImage } from './find-secrets.js';

/** Of the OCI image configuration (image-spec 1.1, `config.md`): what people write secrets into. */
const configuration = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    config: v.nullish(
      v.object({ Env: v.nullish(v.array(v.string())), Labels: v.nullish(v.record(v.string(), v.string())) }),
    ),
    history: v.nullish(v.array(v.object({ created_by: v.nullish(v.string()) }))),
  }),
);

/** What was found that looks like a secret. */
export type Secrets = 'not-searched' | readonly { where: string; what: string }[];

/**
 * What an image's configuration gives away, and the files of its layers; not searched where something could not be read and nothing
 * was found in the rest.
 */
export function secretsOfImage(config: Buffer, layers: readonly LayerSearch[]): Secrets {
  const ofConfiguration = secretsOfConfiguration(config);
  const ofLayers = layers.flatMap((layer) =>
    layer.kind === 'unknown'
      ? []
      : layer.secrets.map(({ path, line, what }) => ({
          where: `${path} in the image${line === undefined ? '' : `, line ${line}`}`,
          what,
        })),
  );
  const isWhole = layers.every(({ kind }) => kind !== 'unknown');
  return joinSecrets([ofConfiguration ?? 'not-searched', isWhole ? [] : 'not-searched', ofLayers]);
}

/** All that was found; `not-searched` where nothing was and something could not be searched. */
export function joinSecrets(searches: readonly Secrets[]): Secrets {
  const found = searches.flatMap((secrets) => (secrets === 'not-searched' ? [] : secrets));
  const distinct = new Map(found.map((secret) => [`${secret.where} ${secret.what}`, secret]));
  return distinct.size === 0 && searches.includes('not-searched') ? 'not-searched' : [...distinct.values()];
}

function secretsOfConfiguration(bytes: Buffer): { where: string; what: string }[] | undefined {
  const parsed = v.safeParse(configuration, bytes.toString('utf8'));
  if (!parsed.success) return undefined;
  const { config, history } = parsed.output;
  return findSecretsOfImage({
    environment: config?.Env ?? [],
    labels: config?.Labels ?? {},
    history: (history ?? []).map(({ created_by: command }) => command ?? ''),
  });
}
