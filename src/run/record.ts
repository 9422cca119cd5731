import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordsFolder } from '../build/record.js';

const schemaUri = 'https://research-containers.org/schema/run-record-1.json';

/** A file that a run left in its output folder. */
export interface OutputFile {
  /** Relative to the output folder, with `/`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Undefined where the container wrote the file for its own user's eyes only. */
  sha256: string | undefined;
}

/**
 * One run of an image, kept as JSON in `.research-containers/runs/` and meant to be committed. Of the environment only
 * the names are kept: a value may be a secret.
 */
export interface RunRecord {
  image: { reference: string; imageId: string; diffIds: string[]; platform: string };
  command: string[];
  environment: string[];
  output: { folder: string; target: string } | undefined;
  container: { id: string; name: string };
  started: string;
  finished: string;
  exitCode: number;
  outOfMemory: boolean;
  git: { commit: string; dirty: boolean } | undefined;
  engine: {
    version: string;
    platform: string;
    operatingSystem: string;
    cores: number | undefined;
    memory: number | undefined;
  };
  outputs: OutputFile[];
}

/** Writes the record into the project's folder under a name that no other record has; resolves to its absolute path. */
export async function writeRunRecord(project: string, record: RunRecord): Promise<string> {
  const folder = join(project, recordsFolder, 'runs');
  await mkdir(folder, { recursive: true });
  const name = `${record.started.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')}-${record.container.id.slice(0, 12)}.json`;
  const file = join(folder, name);
  const partial = `${file}.partial`;
  await writeFile(partial, `${JSON.stringify({ $schema: schemaUri, ...record }, null, 2)}\n`);
  await rename(partial, file);
  return file;
}
