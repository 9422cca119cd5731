import * as v from 'valibot';

/** What may be missing; a value of the wrong kind is as if it were missing, so that the rest of its file still counts. */
export function lenient<T extends v.GenericSchema>(
  schema: T,
): v.SchemaWithFallback<v.OptionalSchema<T, undefined>, undefined> {
  return v.fallback(v.optional(schema), undefined);
}

/** A text that may be missing. */
export const lenientText = lenient(v.string());
/** A table of which only the keys count. */
export const lenientTable = lenient(v.record(v.string(), v.unknown()));
