import { open, writeFile } from 'node:fs/promises';
import type { Job, Message } from '../../driver/job.js';

/** Leaves a job for the test driver. Answers the file, not there yet, that the driver will write its messages to. */
export async function writeJob(jobFile: string, job: Omit<Job, 'messages'>): Promise<string> {
  const messages = `${jobFile}.${Date.now()}.messages`;
  const whole: Job = { ...job, messages };
  await writeFile(jobFile, JSON.stringify(whole));
  return messages;
}

/**
 * A function that reads what the test driver has appended to its file of messages since the last call, and hands on
 * each message. A file that is not there yet holds none.
 */
export function messageReader(path: string, onMessage: (message: Message) => void): () => Promise<void> {
  let position = 0;
  return async () => {
    const chunk = await readLines(path, position);
    position += chunk.length;
    for (const line of chunk.toString().split('\n')) {
      if (line) onMessage(JSON.parse(line) as Message);
    }
  };
}

async function readLines(path: string, position: number): Promise<Buffer> {
  const file = await open(path).catch(() => undefined);
  if (!file) return Buffer.alloc(0);
  try {
    const length = (await file.stat()).size - position;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    // The driver may be in the middle of writing the last line.
    return buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
