/** One line that a container printed, without its end. */
export interface LogLine {
  stream: 'stdout' | 'stderr';
  /** When its last part was printed, by the engine's clock (RFC 3339); undefined where the engine said nothing of it. */
  time: string | undefined;
  text: string;
}

/** Makes lines of what an engine sends as a log with timestamps, piece by piece. */
export interface LogDecoder {
  /** The lines that end in this piece, in order. */
  push(piece: Uint8Array): LogLine[];
  /** What no line end came for. */
  end(): LogLine[];
}

/** Bytes that are kept of a line. */
export const longestLine = 65_536;
/** Stands behind what is left of a longer one. */
export const cutMark = ' … [the rest of this line was cut]';

/**
 * The engine takes longer lines apart into messages of this many bytes, each with the time in front. What it cuts through a character
 * is kept with replacement characters, which are longer.
 */
const partLength = 16_384;
const headerLength = 8;
/** `2026-11-26T08:30:00.123456789Z`, as Docker Engine always writes it. */
const fixedTimeLength = 30;
const longestTimeLength = 40;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** A message's time, and where its content begins. */
interface Beginning {
  time: string | undefined;
  content: number;
}

function readTime(data: Buffer, start: number, end: number): Beginning {
  // The letters “T” and “Z” and a space where they always are.
  if (data[start + 30] === 0x20 && data[start + 29] === 0x5a && data[start + 10] === 0x54 && start + 31 <= end) {
    return { time: data.toString('latin1', start, start + fixedTimeLength), content: start + fixedTimeLength + 1 };
  }
  // Podman writes an offset, and fewer digits.
  const head = data.toString('latin1', start, Math.min(end, start + longestTimeLength));
  const space = head.search(/[ \n]/);
  const time = space < 0 ? head : head.slice(0, space);
  if (!timePattern.test(time)) return { time: undefined, content: start };
  return { time, content: Math.min(end, start + time.length + 1) };
}

/** The parts of a line that has no end yet. */
class OpenLine {
  private readonly parts: Buffer[] = [];
  private length = 0;

  add(part: Buffer): void {
    // A copy: of a line without end, no more is held than is kept.
    if (this.length <= longestLine) this.parts.push(Buffer.from(part));
    this.length += part.length;
  }

  close(): string {
    return decode(Buffer.concat(this.parts));
  }
}

function decode(bytes: Buffer): string {
  if (bytes.length <= longestLine) return bytes.toString();
  let end = longestLine;
  // Not within a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end) + cutMark;
}

/**
 * The log of a container without a TTY: each frame (`demultiplex.ts`) is one message of the logging driver, with its time in front.
 * A message is a line, a part of a long one, or the last one of a program that ended it with no line end.
 */
export class FrameDecoder implements LogDecoder {
  private rest: Buffer | undefined;
  private readonly open: { stdout: OpenLine | undefined; stderr: OpenLine | undefined } = {
    stdout: undefined,
    stderr: undefined,
  };
  private times: Record<LogLine['stream'], string | undefined> = { stdout: undefined, stderr: undefined };

  push(piece: Uint8Array): LogLine[] {
    const arrived = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const data = this.rest === undefined ? arrived : Buffer.concat([this.rest, arrived]);
    const lines: LogLine[] = [];
    let at = 0;
    while (at + headerLength <= data.length) {
      const start = at + headerLength;
      const end = start + data.readUInt32BE(at + 4);
      if (end > data.length) break;
      this.take(data[at] === 1 ? 'stdout' : 'stderr', data, start, end, lines);
      at = end;
    }
    this.rest = at === data.length ? undefined : data.subarray(at);
    return lines;
  }

  end(): LogLine[] {
    const lines: LogLine[] = [];
    for (const stream of ['stdout', 'stderr'] as const) {
      const open = this.open[stream];
      if (open !== undefined) addLine(lines, stream, this.times[stream], open.close());
      this.open[stream] = undefined;
    }
    return lines;
  }

  private take(stream: LogLine['stream'], data: Buffer, start: number, end: number, lines: LogLine[]): void {
    const { time, content } = readTime(data, start, end);
    const isEnded = data[end - 1] === 0x0a;
    const open = this.open[stream];
    if (open === undefined && isEnded && end - content <= longestLine) {
      const last = data[end - 2] === 0x0d && end - 2 >= content ? end - 2 : end - 1;
      addLine(lines, stream, time, data.toString('utf8', content, last));
      return;
    }
    const line = open ?? new OpenLine();
    line.add(data.subarray(content, isEnded ? end - 1 : end));
    if (isEnded || end - content < partLength) {
      this.open[stream] = undefined;
      addLine(lines, stream, time, withoutReturn(line.close()));
    } else {
      this.open[stream] = line;
      this.times[stream] = time;
    }
  }
}

/** Some logging drivers keep messages of several lines. */
function addLine(lines: LogLine[], stream: LogLine['stream'], time: string | undefined, text: string): void {
  if (!text.includes('\n')) lines.push({ stream, time, text });
  else for (const line of text.split('\n')) lines.push({ stream, time, text: withoutReturn(line) });
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/**
 * The log of a container with a TTY: messages with their times follow each other without frames, so that a message without a
 * line end runs into the time of the next one. A time that the program itself printed is earlier than that of its message.
 */
export class TerminalDecoder implements LogDecoder {
  private parts: Buffer[] = [];
  private length = 0;

  push(piece: Uint8Array): LogLine[] {
    const data = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const lines: LogLine[] = [];
    let at = 0;
    for (;;) {
      const end = data.indexOf(0x0a, at);
      if (end < 0) break;
      this.add(data.subarray(at, end));
      this.close(lines);
      at = end + 1;
    }
    // A copy: what is left is little, and what arrived is not held for it.
    if (at < data.length) this.add(Buffer.from(data.subarray(at)));
    return lines;
  }

  end(): LogLine[] {
    const lines: LogLine[] = [];
    if (this.length > 0) this.close(lines);
    return lines;
  }

  private add(part: Buffer): void {
    // More than a line may have, for the times in it.
    if (this.length <= longestLine + 2 * partLength) this.parts.push(part);
    this.length += part.length;
  }

  private close(lines: LogLine[]): void {
    const [only] = this.parts;
    const data = this.parts.length === 1 && only !== undefined ? only : Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    let open = new OpenLine();
    let { time, content } = readTime(data, 0, data.length);
    for (;;) {
      const next = time === undefined ? undefined : laterTime(data, content, time);
      const part = data.subarray(content, next?.start ?? data.length);
      open.add(part);
      if (next === undefined || part.length < partLength) {
        addLine(lines, 'stdout', time, withoutReturn(open.close()));
        open = new OpenLine();
      }
      if (next === undefined) return;
      ({ time, content } = next);
    }
  }
}

function laterTime(
  data: Buffer,
  from: number,
  time: string,
): { time: string; start: number; content: number } | undefined {
  // Most lines are short, and hold no “Z ” at all.
  if (data.indexOf('Z ', from) < 0) return undefined;
  const text = data.toString('latin1', from);
  for (const found of text.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /g)) {
    const candidate = found[0].slice(0, -1);
    const start = from + found.index;
    if (candidate >= time) return { time: candidate, start, content: start + found[0].length };
  }
  return undefined;
}
