import { readFile } from 'node:fs/promises';
import { errorCode, Failure } from '../host/failure.js';

/** The text of a Dockerfile. Rejects `dockerfile-not-found` and `file-unreadable`. */
export async function readDockerfile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EISDIR') {
      throw new Failure('dockerfile-not-found', `There is no Dockerfile at ${file}.`, 'Check the path.');
    }
    throw new Failure('file-unreadable', `The Dockerfile ${file} cannot be read.`, 'Change its permissions.', {
      cause: error,
    });
  }
}
