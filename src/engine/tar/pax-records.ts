/**
 * What an extended header says (POSIX.1-2017, “pax Interchange Format”), one character a byte; undefined where it cannot be read.
 * An empty value takes back what was said before.
 */
export function readRecords(data: Buffer): Map<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(' ', at);
    const length = Number(data.toString('latin1', at, space));
    const record = data.toString('latin1', space + 1, at + length);
    const equals = record.indexOf('=');
    const isWhole = space > at && Number.isSafeInteger(length) && at + length <= data.length && record.endsWith('\n');
    if (!isWhole || equals < 1) return undefined;
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1, -1)];
    if (value === '') records.delete(key);
    else records.set(key, value);
    at += length;
  }
  return records;
}

/** The same the other way round. */
export function recordsOf(records: ReadonlyMap<string, string>): Buffer {
  return Buffer.from([...records].map(([key, value]) => recordOf(key, value)).join(''), 'latin1');
}

/** The length that a record begins with counts its own digits. */
function recordOf(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}
