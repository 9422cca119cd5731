/** Without what is undefined: the image and the engine decide there. */
export function given<T extends object>(values: T): Partial<T> {
  const entries: [string, unknown][] = Object.entries(values);
  const result: Partial<T> = {};
  return Object.assign(result, Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}

/** Undefined for an empty one. */
export function list<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}

export function map(values: ReadonlyMap<string, string>): Record<string, string> | undefined {
  return values.size === 0 ? undefined : Object.fromEntries(values);
}
