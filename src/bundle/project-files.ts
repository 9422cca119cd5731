import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildRecord, findBuildRecord } from '../build/record.js';
import { errorCode } from '../host/failure.js';

/** The open project that built an image. */
export interface BuiltBy {
  /** Absolute path of the project's folder. */
  project: string;
  /** Absolute paths. */
  record: string;
  dockerfile: string;
  build: BuildRecord;
}

/** A file in a bundle, and what it is in the words of its README. */
export interface DescribedFile {
  name: string;
  what: string;
}

/** The first of the open projects with a build record of one of the images. */
export async function findBuilder(
  projects: readonly string[],
  images: readonly { id: string; diffIds: readonly string[] }[],
): Promise<BuiltBy | undefined> {
  for (const project of projects) {
    for (const image of images) {
      const found = await findBuildRecord(project, image);
      if (found !== undefined) {
        const { file, record: build } = found;
        return { project, record: file, dockerfile: join(project, build.dockerfile.path), build };
      }
    }
  }
  return undefined;
}

/** Copies what a bundle takes from its project as it is; what is not there is named, never invented. */
export async function copyProjectFiles(
  builder: BuiltBy | undefined,
  folder: string,
): Promise<{ copied: DescribedFile[]; missing: string[] }> {
  const copied: DescribedFile[] = [];
  const missing: string[] = [];
  const wanted = [
    { name: 'Dockerfile', what: 'the recipe that the image was built from', source: builder?.dockerfile },
    { name: 'build-record.json', what: 'what the image was built from', source: builder?.record },
    { name: 'LICENSE', what: 'the licence', source: builder && join(builder.project, 'LICENSE') },
    { name: 'CITATION.cff', what: 'how to cite this work', source: builder && join(builder.project, 'CITATION.cff') },
  ];
  for (const { name, what, source } of wanted) {
    try {
      if (source === undefined) missing.push(name);
      else {
        await copyFile(source, join(folder, name));
        copied.push({ name, what });
      }
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      missing.push(name);
    }
  }
  return { copied, missing };
}
