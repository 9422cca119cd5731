import { Failure } from '../../host/failure.js';
import { readTar, type TarFault, type TarMember } from '../tar/read-tar.js';

/** The members of a tar that an engine sends. Rejects `file-unreadable` where it is damaged, or ends before its end. */
export async function* engineTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ member: TarMember; content: AsyncIterable<Uint8Array> }> {
  for await (const read of readTar(source, failureOf)) yield { member: read.describe(), content: read.content };
}

const whatIsWrong: Record<TarFault, string> = {
  header: 'the tar is damaged',
  'cut-off': 'the tar ends before its end',
  'large-description': 'a name in the tar is too long',
  description: 'the tar has an extension that cannot be read',
  size: 'the tar has a number that cannot be read',
  number: 'the tar has a number that cannot be read',
};

function failureOf(fault: TarFault): Failure {
  return new Failure('file-unreadable', `What the engine sent cannot be read: ${whatIsWrong[fault]}.`, 'Try again.');
}
