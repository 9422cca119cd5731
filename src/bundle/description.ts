import * as v from 'valibot';

/** Name of the file that says what a bundle holds. */
export const descriptionFile = 'bundle.json';

const schemaUri = 'https://research-containers.org/schema/bundle-1.json';

const archivedImage = v.object({
  file: v.string(),
  reference: v.string(),
  platform: v.string(),
  configDigest: v.string(),
  manifestDigest: v.string(),
  diffIds: v.array(v.string()),
  tarSha256: v.string(),
  tarBytes: v.number(),
  target: v.string(),
  command: v.array(v.string()),
  /** The folder that its program starts in; left out of older bundles. */
  workingFolder: v.optional(v.string()),
  /** What a recorded run of that command left in the target folder. */
  expected: v.optional(v.array(v.object({ path: v.string(), size: v.number(), sha256: v.string() }))),
  /** The folder of that run in results.zip. */
  expectedRun: v.optional(v.string()),
});

const bundleDescription = v.object({
  $schema: v.literal(schemaUri),
  created: v.string(),
  images: v.pipe(v.array(archivedImage), v.minLength(1)),
  engine: v.object({ version: v.string(), platform: v.string(), store: v.string() }),
  /** What compressed the archives. */
  compressor: v.optional(v.string()),
  /** The commit of the sources. */
  commit: v.optional(v.string()),
  missing: v.array(v.string()),
});

/** An image in a bundle; `target` and `command` are what its README proposes for a run. */
export type ArchivedImage = v.InferOutput<typeof archivedImage>;

/** What a bundle holds: the images' identities, and the parts that are not known (`missing`). */
export type BundleDescription = v.InferOutput<typeof bundleDescription>;

export function formatDescription(description: Omit<BundleDescription, '$schema'>): string {
  return `${JSON.stringify({ $schema: schemaUri, ...description }, null, 2)}\n`;
}

/** Reads a bundle.json; undefined where it is not one. */
export function parseDescription(text: string): BundleDescription | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), bundleDescription), text);
  return parsed.success ? parsed.output : undefined;
}
