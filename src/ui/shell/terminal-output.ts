import { StringDecoder } from 'node:string_decoder';
import { demultiplex } from '../../engine/demultiplex.js';

/** The screen of a terminal as text: a character that comes in two pieces is one. */
export async function* screenText(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of source) yield decoder.write(Buffer.from(chunk));
  yield decoder.end();
}

/** What a program without a terminal prints, multiplexed as the engine sends it, as text with line ends for a terminal. */
export async function* linesText(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  let last = '';
  for await (const { stream, data } of demultiplex(source)) {
    const text = decoders[stream].write(data);
    if (text === '') continue;
    const before = last;
    last = text.slice(-1);
    yield (before + text).replaceAll(/(?<!\r)\n/g, '\r\n').slice(before === '\n' ? 2 : before.length);
  }
  yield decoders.stdout.end() + decoders.stderr.end();
}
