import { appendFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { type ContextSize, measureContext } from '../../build/context-size.js';
import { formatSize } from '../../host/quantities.js';
import { oneLine, withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';

/** From here on a context is worth a question, in bytes and in files. */
const large = { bytes: 500e6, files: 50_000 };
/** A context that was accepted is asked about again when it has grown by so much. */
const growth = 1.2;

/**
 * Before a large context is sent: says how large it is and what takes most of it, and adds what is chosen to
 * `.dockerignore`. False when the person changed their mind.
 */
export async function confirmLargeContext(dockerfile: string, { memory }: Services): Promise<boolean> {
  const folder = dirname(dockerfile);
  const size = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Measuring the build context' },
    () => measureContext(folder, dockerfile, new AbortController().signal),
  );
  const key = `build.acceptedContext:${dockerfile}`;
  const accepted = memory.get<number>(key, 0);
  if (size.bytes < large.bytes && size.files < large.files) return true;
  if (size.bytes + size.files < accepted * growth) return true;
  const left = await askWhatToLeaveOut(size);
  if (left === undefined) return false;
  if (left.length > 0) await addToIgnoreFile(dockerfile, left);
  const gone = size.largest.filter(({ path }) => left.includes(path)).reduce((sum, { bytes }) => sum + bytes, 0);
  await memory.update(key, size.bytes - gone + size.files);
  return true;
}

async function askWhatToLeaveOut(size: ContextSize): Promise<string[] | undefined> {
  const chosen = await vscode.window.showQuickPick(
    size.largest.map(({ path, bytes, files }) => ({
      label: withoutIcons(path),
      description: `${formatSize(bytes)}${files > 1 ? `, ${files.toLocaleString('en')} files` : ''}`,
      path,
    })),
    {
      title: `The build may need ${formatSize(size.bytes)} in ${size.files.toLocaleString('en')} files`,
      placeHolder: 'Select what the image does not need: it is added to .dockerignore. OK goes on.',
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  return chosen?.map(({ path }) => path);
}

/** The file that this Dockerfile's builds go by, made where there is none. */
async function addToIgnoreFile(dockerfile: string, paths: readonly string[]): Promise<void> {
  const own = `${dockerfile}.dockerignore`;
  const common = join(dirname(dockerfile), '.dockerignore');
  const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
  const ownText = await read(own);
  const file = ownText === undefined ? common : own;
  const text = ownText ?? (await read(common)) ?? '';
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(file, `${separator}${paths.map(patternFor).join('\n')}\n`);
}

/** The path itself, whatever it is made of. */
function patternFor(path: string): string {
  return `/${oneLine(path).replace(/[*?[\]\\]/g, '\\$&')}`;
}
