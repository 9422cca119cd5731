import { secretFileName } from '../dockerfile/secret-files.js';
import { findSecrets } from './find-secrets.js';

/** A file of the sources of an image, as it is in source.zip. */
export interface SourceFile {
  name: string;
  /** Undefined for what is no file, cannot be read, or has more than so many bytes. */
  content: (largest: number) => Promise<Buffer | undefined>;
}

/** Larger files are no text that a secret is written into by hand, in bytes. */
const largestText = 1_000_000;

/** What sources give away, by the names of their files and by their texts. Rejects `cancelled`, and what a content rejects with. */
export async function secretsInSources(
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<{ where: string; what: string }[]> {
  const byName = files.flatMap(({ name }) => {
    const what = secretFileName(name);
    return what === undefined ? [] : [{ where: `source.zip: ${name}`, what }];
  });
  const texts = async function* (): AsyncGenerator<{ where: string; text: string }> {
    for (const { name, content } of files) {
      const bytes = await content(largestText);
      if (bytes?.includes(0) === false) yield { where: name, text: bytes.toString('utf8') };
    }
  };
  const inTexts = await findSecrets(texts(), signal);
  return [...byName, ...inTexts.map(({ where, line, what }) => ({ where: `${where}, line ${line}`, what }))];
}
