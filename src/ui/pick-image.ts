import * as vscode from 'vscode';
import { listImages } from '../engine/images.js';
import { formatAge, formatSize } from './format.js';
import { type Selection } from './selection.js';
import { type Services } from './services.js';

/** The image that a command was started on, or one that a person picks; undefined when they changed their mind. */
export async function pickImage(
  selection: Selection,
  { engine }: Services,
  title: string,
): Promise<string | undefined> {
  if (selection.kind === 'image') return selection.reference;
  const items = engine.connect().then(async (connection) => {
    const images = await listImages(connection);
    return images
      .sort((left, right) => right.created - left.created)
      .flatMap((image) =>
        image.references.map((reference) => ({
          label: reference,
          description: `${formatSize(image.size)} · ${formatAge(image.created)}`,
        })),
      );
  });
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Choose an image',
    matchOnDescription: true,
  });
  return picked?.label;
}
