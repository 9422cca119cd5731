import { request } from 'node:http';

interface Question {
  method?: 'GET' | 'POST';
  signal?: AbortSignal;
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * Asks an engine something small, straight through its socket, and answers the body's text.
 *
 * @throws Error when the socket does not answer within 10 s, or the status is not of the 200s or 304.
 */
export function askEngine(socket: string, path: string, question: Question = {}): Promise<string> {
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const signal = question.signal ? AbortSignal.any([question.signal, timeout]) : timeout;
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, path, method: question.method ?? 'GET', agent: false, signal });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const status = response.statusCode ?? 0;
        if ((status >= 200 && status < 300) || status === 304) resolve(text);
        else reject(new Error(`${path} was answered with ${status}: ${text.trim()}`));
      });
    });
    asked.end();
  });
}

/** Whether an engine listens on the socket and answers. */
export async function answersPing(socket: string, options: { signal?: AbortSignal } = {}): Promise<boolean> {
  try {
    return (await askEngine(socket, '/_ping', options)).trim() === 'OK';
  } catch {
    return false;
  }
}
