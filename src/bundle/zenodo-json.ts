import * as v from 'valibot';
import { isZenodoLicence } from './licence.js';
import { parseOrcid } from './orcid.js';

const filled = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== '', 'It must not be empty.'),
);

/** A text that may be missing; Zenodo takes an empty one for none. */
const text = v.pipe(
  v.string(),
  v.transform((value) => (value.trim() === '' ? undefined : value)),
);

const orcid = v.pipe(
  text,
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    if (value === undefined) return undefined;
    const parsed = parseOrcid(value);
    if ('orcid' in parsed) return parsed.orcid;
    addIssue({ message: parsed.problem });
    return NEVER;
  }),
);

const license = v.pipe(
  text,
  v.check(
    (id) => id === undefined || isZenodoLicence(id),
    'It must be the SPDX id of one licence (https://spdx.org/licenses/), or an id that Zenodo has.',
  ),
);

/** A date, or a span of two, as Zenodo takes it: Extended Date/Time Format level 0 (https://www.loc.gov/standards/datetime/). */
const publicationDate = v.pipe(
  text,
  v.check((value) => {
    const dates = value?.split('/') ?? [];
    return dates.length <= 2 && dates.every(isDate);
  }, 'It must be a date such as 2024-05-31.'),
);

const creator = v.looseObject({
  name: filled,
  affiliation: v.optional(text),
  orcid: v.optional(orcid),
});

/**
 * The shape of a `.zenodo.json` (https://help.zenodo.org/docs/github/describe-software/zenodo-json/), other keys kept. An
 * ORCID iD is read into its form with dashes; empty texts count as not given.
 */
export const zenodoJson = v.looseObject({
  title: filled,
  creators: v.pipe(v.array(creator), v.minLength(1, 'There must be at least one creator.')),
  description: v.optional(text),
  version: v.optional(text),
  license: v.optional(license),
  keywords: v.optional(v.array(v.string())),
  publication_date: v.optional(publicationDate),
  upload_type: v.optional(text),
});

export type ZenodoJson = v.InferOutput<typeof zenodoJson>;

/** Whether a text is a year, a month or a day of the calendar: `2024`, `2024-05`, `2024-05-31`. */
export function isDate(value: string): boolean {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(value) ?? [];
  if (year === undefined) return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`);
}

/** What Zenodo takes in one record; bytes are decimal. */
export const zenodoLimits = { files: 100, bytes: 50e9 } as const;
