import * as vscode from 'vscode';
import { type ContainerSummary, listContainers } from '../engine/containers.js';
import { isHelper } from '../engine/helper-label.js';
import { listImages } from '../engine/images.js';
import { listVolumes, type VolumeSummary } from '../engine/volumes.js';
import { formatSize } from '../host/quantities.js';
import { formatAge } from './format.js';
import { withoutIcons } from './plain-text.js';
import { type Selection, selectedContainers, selectedImages, selectedVolumes } from './selection.js';
import { type Services } from './services.js';

/** An image as a command works on it: by reference, or by identifier where it has none. */
export interface PickedImage {
  name: string;
  id: string;
  /** Bytes. */
  size: number;
  tagged: boolean;
}

/** The images that a command was started on, or one that a person picks; undefined when they changed their mind. */
export async function pickImages(
  selection: Selection,
  { engine }: Services,
  title: string,
): Promise<PickedImage[] | undefined> {
  const selected = selectedImages(selection);
  if (selected.length > 0) {
    return selected.map(({ reference, image, tag }) => ({
      name: reference,
      id: image.id,
      size: image.size,
      tagged: tag !== undefined,
    }));
  }
  const items = engine.connect().then(async (connection) => {
    const images = await listImages(connection);
    return images
      .sort((left, right) => right.created - left.created)
      .flatMap(({ id, size, created, references }) =>
        references.map((reference) => ({
          label: withoutIcons(reference),
          description: `${formatSize(size)} · ${formatAge(created)}`,
          thing: { name: reference, id, size, tagged: true },
        })),
      );
  });
  return pickOne(items, title, 'Choose an image');
}

/** Like `pickImages`, for commands that take one. */
export async function pickImage(selection: Selection, services: Services, title: string): Promise<string | undefined> {
  return (await pickImages(selection, services, title))?.[0]?.name;
}

/** @param wanted which containers are offered */
export async function pickContainers(
  selection: Selection,
  { engine }: Services,
  title: string,
  wanted: (container: ContainerSummary) => boolean = () => true,
): Promise<ContainerSummary[] | undefined> {
  const selected = selectedContainers(selection).map(({ container }) => container);
  if (selected.length > 0) return selected.filter(wanted);
  const items = engine.connect().then(async (connection) =>
    (await listContainers(connection))
      .filter((each) => !isHelper(each.labels) && wanted(each))
      .map((container) => ({
        label: withoutIcons(container.name),
        description: withoutIcons(`${container.image} · ${container.state} · ${formatAge(container.created)}`),
        thing: container,
      })),
  );
  return pickOne(items, title, 'Choose a container');
}

export async function pickVolumes(
  selection: Selection,
  { engine }: Services,
  title: string,
): Promise<VolumeSummary[] | undefined> {
  const selected = selectedVolumes(selection).map(({ volume }) => volume);
  if (selected.length > 0) return selected;
  const items = engine
    .connect()
    .then(async (connection) =>
      (await listVolumes(connection))
        .sort((left, right) => left.name.localeCompare(right.name))
        .map((volume) => ({ label: withoutIcons(volume.name), description: volume.driver, thing: volume })),
    );
  return pickOne(items, title, 'Choose a volume');
}

async function pickOne<T>(
  items: Promise<(vscode.QuickPickItem & { thing: T })[]>,
  title: string,
  placeHolder: string,
): Promise<T[] | undefined> {
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return chosen === undefined ? undefined : [chosen.thing];
}
