import * as v from 'valibot';

const creator = v.looseObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  affiliation: v.optional(v.string()),
  orcid: v.optional(v.string()),
});

/** The shape of a `.zenodo.json` (https://help.zenodo.org/docs/github/describe-software/zenodo-json/), other keys kept. */
export const zenodoJson = v.looseObject({
  title: v.pipe(v.string(), v.nonEmpty()),
  creators: v.pipe(v.array(creator), v.minLength(1)),
  description: v.optional(v.string()),
  version: v.optional(v.string()),
  license: v.optional(v.string()),
  keywords: v.optional(v.array(v.string())),
  upload_type: v.optional(v.string()),
});

export type ZenodoJson = v.InferOutput<typeof zenodoJson>;
