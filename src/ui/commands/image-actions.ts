import * as vscode from 'vscode';
import { listContainers } from '../../engine/containers.js';
import { deleteImage, tagImage } from '../../engine/image-operations.js';
import { listImages } from '../../engine/images.js';
import { formatSize } from '../../host/quantities.js';
import { parseReference } from '../../image/reference.js';
import { confirmLoss, counted } from '../confirm.js';
import { forEachItem } from '../for-each-item.js';
import { formatAge } from '../format.js';
import { shortId } from '../explorer/image-nodes.js';
import { pickImages } from '../pick.js';
import { type ViewCommand } from '../view-command.js';

export const tagImageCommand: ViewCommand = async (selection, services) => {
  const [image] = (await pickImages(selection, services, 'Tag')) ?? [];
  if (image === undefined) return;
  const reference = await vscode.window.showInputBox({
    title: `Tag ${image.tagged ? image.name : shortId(image.id)}`,
    prompt: 'Another reference for the same image',
    value: image.tagged ? image.name : '',
    validateInput: (text) => {
      const parsed = parseReference(text.trim());
      if (!parsed.ok) return parsed.problem;
      return parsed.reference.digest === undefined ? undefined : 'A tag cannot have a digest.';
    },
    ignoreFocusOut: true,
  });
  if (reference === undefined) return;
  const connection = await services.engine.connect();
  const wanted = reference.trim().includes(':') ? reference.trim() : `${reference.trim()}:latest`;
  const taken = (await listImages(connection)).find(({ references }) => references.includes(wanted));
  if (taken !== undefined && taken.id !== image.id) {
    const lost = `${wanted} now means ${shortId(taken.id)}, ${formatSize(taken.size)}, ${formatAge(taken.created)}`;
    if (!(await confirmLoss(`Move ${wanted} to another image?`, [lost], 'Move'))) return;
  }
  await tagImage(connection, image.id, wanted);
};

export const copyReferenceCommand: ViewCommand = async (selection, services) => {
  const images = await pickImages(selection, services, 'Copy Reference');
  if (images === undefined) return;
  await vscode.env.clipboard.writeText(images.map(({ name }) => name).join('\n'));
  vscode.window.setStatusBarMessage(`$(copy) ${counted(images.length, 'reference')} copied.`, 3000);
};

export const removeImageCommand: ViewCommand = async (selection, services) => {
  const images = await pickImages(selection, services, 'Remove Image');
  if (images === undefined || images.length === 0) return;
  const connection = await services.engine.connect();
  const [all, containers] = await Promise.all([listImages(connection), listContainers(connection)]);
  const lost = images.map((image) => {
    const others = (all.find(({ id }) => id === image.id)?.references.length ?? 0) - 1;
    const name = image.tagged ? image.name : shortId(image.id);
    const users = containers.filter(({ imageId }) => imageId === image.id);
    const kept = others > 0 ? `only this reference; ${counted(others, 'other')} of it stay` : formatSize(image.size);
    return `${name} (${kept}${users.length === 0 ? '' : `; used by ${users.map(({ name }) => name).join(', ')}`})`;
  });
  const note = 'What is not in a registry or a file cannot be brought back.';
  if (!(await confirmLoss(`Remove ${counted(images.length, 'image')}?`, lost, 'Remove', note))) return;
  // What looks into them would keep them in use.
  await services.files.leaveAll();
  await forEachItem('Removing images', images, async ({ name }, signal) => {
    await deleteImage(connection, name, signal);
  });
};

export const pruneImagesCommand: ViewCommand = async (_selection, services) => {
  const title = 'Remove Unused Images';
  const connection = await services.engine.connect();
  const [images, containers] = await Promise.all([listImages(connection), listContainers(connection)]);
  const used = new Set(containers.map(({ imageId }) => imageId));
  const unused = images.filter(({ id }) => !used.has(id));
  const dangling = unused.filter(({ references }) => references.length === 0);
  const about = (list: readonly { size: number }[]): string =>
    `${counted(list.length, 'image')}, at most ${formatSize(list.reduce((sum, { size }) => sum + size, 0))}`;
  if (unused.length === 0) {
    void vscode.window.showInformationMessage('There is no image that no container uses.');
    return;
  }
  const choice = await vscode.window.showQuickPick(
    [
      { label: 'Images without a reference', description: about(dangling), list: dangling },
      { label: 'All images that no container uses', description: about(unused), list: unused },
    ].filter(({ list }) => list.length > 0),
    { title, placeHolder: 'Which images? (Layers that other images share stay on the disk.)' },
  );
  if (choice === undefined) return;
  const lost = choice.list.map(
    ({ id, references, size }) =>
      `${references.length === 0 ? shortId(id) : references.join(', ')} (${formatSize(size)})`,
  );
  const note = 'What is not in a registry or a file cannot be brought back.';
  if (!(await confirmLoss(`Remove ${counted(lost.length, 'image')}?`, lost, 'Remove', note))) return;
  // What looks into them would keep them in use.
  await services.files.leaveAll();
  const items = choice.list.flatMap(({ id, references }) =>
    (references.length === 0 ? [id] : references).map((name) => ({ name })),
  );
  await forEachItem(title, items, async ({ name }, signal) => {
    await deleteImage(connection, name, signal);
  });
};
