/**
 * What a plain scalar means to go-yaml 3 (https://pkg.go.dev/go.yaml.in/yaml/v3), with which Compose reads its files: YAML 1.2's
 * core schema, with numbers as Go writes them (`0o17`, `017`, `0b1`, `1_000`). `yes`, `on` and `22:22` are text.
 */
export function plainValue(text: string): string | number | boolean | null {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[+-]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return NaN;
  if (!/^[-+.\d]/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  const octal = /^([+-]?)0o?([0-7]+)$/.exec(digits);
  if (octal !== null) return Number(`${octal[1] ?? ''}1`) * parseInt(octal[2] ?? '', 8);
  const other = /^([+-]?)(0x[\da-fA-F]+|0b[01]+)$/.exec(digits);
  if (other !== null) return Number(`${other[1] ?? ''}1`) * Number(other[2]);
  if (/^[+-]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][+-]?\d+)?$/.test(digits)) return Number(digits);
  return text;
}

/** A number as Go prints it, which is the text that it becomes where text is wanted. */
export function numberText(value: number, source: string): string {
  const digits = source.replaceAll('_', '').replace(/^[+-]/, '');
  const isInteger = /^(?:0|[1-9]\d*|0o?[0-7]+|0x[\da-fA-F]+|0b[01]+)$/.test(digits);
  // Go's integers have 64 bits: more than are exact in a number here. Longer ones are floats to it, too.
  const whole = isInteger ? BigInt(digits.replace(/^0(?=\d)/, '0o')) : undefined;
  if (whole !== undefined && whole < 2n ** 64n) return String(value < 0 ? -whole : whole);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : '+Inf';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const day = String.raw`\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])`;
const time = String.raw`\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?`;
const date = new RegExp(`^${day}(?:[Tt]${time}(?:Z|[+-]\\d{2}:\\d{2})| ${time})?$`);

/** Whether a plain scalar is a date to go-yaml 3, and so neither text nor a number. */
export function isDate(text: string): boolean {
  return date.test(text);
}
