import * as v from 'valibot';
import { Failure } from '../host/failure.js';

/** The engine's answer in the shape that is expected of it; rejects `engine-refused` where it has another one. */
export function readAnswer<Schema extends v.GenericSchema>(schema: Schema, answer: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Failure(
    'engine-refused',
    `The engine sent an answer that is not understood: ${v.getDotPath(issue) ?? ''} ${issue.message}.`,
    'Check the engine’s version: Docker Engine 20.10 or newer is needed.',
  );
}

/** A list of texts that the engine may leave out or send as null. */
export const texts = v.nullish(v.array(v.string()), []);

/** A map of texts that the engine may leave out or send as null. */
export const textMap = v.nullish(v.record(v.string(), v.string()), {});

/** A line of a stream by which the engine says, in its own words, why it goes no further. */
export const refusalLine = v.pipe(
  v.union([v.object({ errorDetail: v.object({ message: v.string() }) }), v.object({ error: v.string() })]),
  v.transform((line) => ({ refusal: 'error' in line ? line.error : line.errorDetail.message })),
);
