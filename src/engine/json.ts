import * as v from 'valibot';

/** The value of a JSON text where it has the shape of the schema; undefined for bad JSON and any other shape. */
export function parseJson<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/**
 * Reads a stream of JSON values, one a line, as the engine sends them. UTF-8 that is split between chunks is joined;
 * a line that is not JSON is handed on as text.
 */
export async function* readJsonLines(
  stream: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<{ ok: true; value: unknown; text: string } | { ok: false; text: string }> {
  const decoder = new TextDecoder();
  let rest = '';
  const parse = (text: string): { ok: true; value: unknown; text: string } | { ok: false; text: string } => {
    try {
      return { ok: true, value: JSON.parse(text), text };
    } catch {
      return { ok: false, text };
    }
  };
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parse(line.trim());
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield parse(rest.trim());
}
