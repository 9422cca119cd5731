import * as vscode from 'vscode';
import { type ContainerSummary, listContainers } from '../../engine/containers.js';
import { type Entry } from '../../engine/inside/place.js';
import { listImages } from '../../engine/images.js';
import { listVolumes } from '../../engine/volumes.js';
import { asFailure } from '../../host/failure.js';
import { formatSize } from '../../host/quantities.js';
import { isFile, isFolder, type PlaceFiles } from '../files/place-files.js';
import { folderOf, pathIn, type PlacePath, placeUri } from '../files/place-uri.js';
import { formatAge } from '../format.js';
import { oneLine, withoutIcons } from '../plain-text.js';
import { selectedContainers, selectedImages, selectedVolumes, type Selection } from '../selection.js';
import { type Services } from '../services.js';

/** Walks through the folders of a container, a volume or an image, and opens the file that is chosen. */
export const browseFilesCommand = async (selection: Selection, services: Services): Promise<void> => {
  const root = rootOf(selection) ?? (await pickPlace(services, 'Browse Files'));
  if (root === undefined) return;
  const chosen = await walk(services.files, { ...root, path: '/' }, 'Browse Files', undefined);
  if (chosen === undefined) return;
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.from(placeUri(chosen)));
};

/** Lets a person choose a place, and a folder in it; undefined when they changed their mind. */
export async function pickPlaceFolder(services: Services, title: string, kinds: Kinds): Promise<PlacePath | undefined> {
  const root = await pickPlace(services, title, kinds);
  return root === undefined ? undefined : walk(services.files, { ...root, path: '/' }, title, 'This Folder');
}

type Root = Omit<PlacePath, 'path'>;

/** Which places are offered: an image cannot be changed. */
type Kinds = 'all' | 'changeable';

function rootOf(selection: Selection): Root | undefined {
  const [container] = selectedContainers(selection);
  if (container !== undefined)
    return { place: { kind: 'container', id: container.container.id }, label: container.name };
  const [volume] = selectedVolumes(selection);
  if (volume !== undefined) return { place: { kind: 'volume', name: volume.name }, label: volume.name };
  const [image] = selectedImages(selection);
  if (image === undefined) return undefined;
  return { place: { kind: 'image', reference: image.image.id }, label: image.reference };
}

async function pickPlace({ engine }: Services, title: string, kinds: Kinds = 'all'): Promise<Root | undefined> {
  const asked = engine.connect().then(async (connection) => {
    const [containers, volumes, images] = await Promise.all([
      listContainers(connection),
      listVolumes(connection),
      kinds === 'all' ? listImages(connection) : [],
    ]);
    return [
      heading('Containers', containers.length),
      ...containers.map((container) => containerLine(container)),
      heading('Volumes', volumes.length),
      ...volumes.map(({ name }): RootLine => {
        return {
          label: withoutIcons(name),
          iconPath: icon('database'),
          root: { place: { kind: 'volume', name }, label: name },
        };
      }),
      heading('Images', images.length),
      ...images.flatMap(({ id, references, size }) =>
        references.map((reference): RootLine => {
          const root: Root = { place: { kind: 'image', reference: id }, label: reference };
          return { label: withoutIcons(reference), iconPath: icon('package'), description: formatSize(size), root };
        }),
      ),
    ].flat();
  });
  const chosen = await vscode.window.showQuickPick(asked, {
    title,
    placeHolder: kinds === 'all' ? 'Choose a container, a volume or an image' : 'Choose a container or a volume',
    matchOnDescription: true,
  });
  return chosen?.root;
}

type RootLine = vscode.QuickPickItem & { root?: Root };

function heading(label: string, below: number): RootLine[] {
  return below === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }];
}

function containerLine({ id, name, image, state }: ContainerSummary): RootLine {
  return {
    label: withoutIcons(name),
    iconPath: icon('vm'),
    description: withoutIcons(`${image} · ${state}`),
    root: { place: { kind: 'container', id }, label: name },
  };
}

/** A line leads into another folder, out of the list with what was chosen, or only says something. */
type Line = vscode.QuickPickItem & ({ goes: 'into' | 'out'; path: string } | { goes: 'nowhere' });

/**
 * Shows one folder after the other, until something is chosen; undefined when the person changed their mind.
 *
 * @param folderLabel the line that chooses the folder itself; where undefined, a file is chosen
 */
function walk(
  files: PlaceFiles,
  start: PlacePath,
  title: string,
  folderLabel: string | undefined,
): Promise<PlacePath | undefined> {
  files.forget(start.place, start.path);
  const picker = vscode.window.createQuickPick<Line>();
  picker.ignoreFocusOut = true;
  picker.matchOnDescription = true;
  let path = start.path;
  let shown = 0;
  const show = async (folder: string): Promise<void> => {
    path = folder;
    const turn = ++shown;
    picker.title = `${title}: ${oneLine(`${start.label} ${folder}`)}`;
    picker.placeholder = folderLabel === undefined ? 'Choose a folder or a file' : 'Choose a folder';
    picker.buttons = folder === '/' ? [] : [vscode.QuickInputButtons.Back];
    picker.value = '';
    picker.items = [];
    picker.busy = true;
    const lines = await linesOf(files, { ...start, path: folder }, folderLabel);
    // Another folder may have been opened meanwhile, or the list closed.
    if (turn !== shown) return;
    picker.busy = false;
    picker.items = lines;
  };
  return new Promise((resolve) => {
    picker.onDidTriggerButton(() => void show(folderOf(path)));
    picker.onDidAccept(() => {
      const [line] = picker.activeItems;
      if (line === undefined || line.goes === 'nowhere') return;
      if (line.goes === 'into') {
        void show(line.path);
        return;
      }
      resolve({ ...start, path: line.path });
      picker.hide();
    });
    picker.onDidHide(() => {
      shown++;
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
    void show(path);
  });
}

async function linesOf(files: PlaceFiles, at: PlacePath, folderLabel: string | undefined): Promise<Line[]> {
  const here: Line[] =
    folderLabel === undefined
      ? []
      : [{ label: folderLabel, iconPath: icon('check'), description: oneLine(at.path), goes: 'out', path: at.path }];
  const up: Line[] =
    at.path === '/' ? [] : [{ label: '..', iconPath: icon('arrow-left'), goes: 'into', path: folderOf(at.path) }];
  try {
    const { entries, isWhole } = await files.content(at.place, at.path);
    const wanted = folderLabel === undefined ? entries : entries.filter(isFolder);
    const rest: Line[] = isWhole
      ? []
      : [{ label: 'Not all is listed: the folder is too large', iconPath: icon('warning'), goes: 'nowhere' }];
    return [...here, ...up, ...wanted.map((entry) => lineOf(entry, pathIn(at.path, entry.name))), ...rest];
  } catch (error) {
    const { message, remedy } = asFailure(error, 'Looking inside');
    return [
      ...up,
      { label: withoutIcons(message), iconPath: icon('error'), detail: withoutIcons(remedy), goes: 'nowhere' },
    ];
  }
}

function lineOf(entry: Entry, path: string): Line {
  const label = withoutIcons(entry.name);
  if (isFolder(entry)) return { label, iconPath: icon('folder'), goes: 'into', path };
  if (!isFile(entry)) return { label, iconPath: icon('symbol-misc'), goes: 'nowhere' };
  const description = `${formatSize(entry.size)} · ${formatAge(entry.modified)}`;
  return { label, iconPath: icon('file'), description, goes: 'out', path };
}

function icon(name: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name);
}
