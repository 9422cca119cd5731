import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import * as vscode from 'vscode';
import { loadImage } from '../../engine/images.js';
import { asFailure, errorCode, Failure } from '../../host/failure.js';
import { type ContractCommand } from '../contract-command.js';
import { counted } from '../confirm.js';
import { withoutLinks } from '../plain-text.js';

export const loadImageCommand: ContractCommand<'loadImage'> = {
  ask: async () => {
    const [file] =
      (await vscode.window.showOpenDialog({
        title: 'Load Image from File',
        openLabel: 'Load Image',
        filters: { 'Image archive': ['tar', 'gz', 'tgz', 'xz', 'bz2', 'zst'], 'All files': ['*'] },
      })) ?? [];
    return file === undefined ? undefined : { file: file.fsPath };
  },
  title: ({ file }) => `Loading ${file}`,
  run: async ({ file }, { signal, onProgress }, { engine }) => {
    const size = await sizeOf(file);
    const connection = await engine.connect();
    const content = new PassThrough();
    let read = 0;
    content.on('data', (chunk: Buffer) => {
      read += chunk.length;
      onProgress({ message: 'Reading the archive', fraction: Math.min(0.99, read / Math.max(1, size)) });
    });
    // Reading has begun only when the engine reads.
    content.pause();
    const reading = pipeline(createReadStream(file), content, { signal });
    reading.catch(() => undefined);
    try {
      const references = await loadImage(connection, content, signal);
      await reading;
      return { references };
    } finally {
      // An engine that refuses early leaves the rest unread.
      content.destroy();
    }
  },
  show: async ({ references }) => {
    await vscode.window.showInformationMessage(
      references.length === 1
        ? withoutLinks(`Loaded ${references[0] ?? ''}.`)
        : withoutLinks(`Loaded ${counted(references.length, 'image')}: ${references.join(', ')}.`),
    );
  },
};

/** Bytes; rejects `file-unreadable`. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new Failure('file-unreadable', `There is no file ${file}.`, 'Check its name.', { cause: error });
    }
    throw asFailure(error, 'Reading the archive');
  }
}
