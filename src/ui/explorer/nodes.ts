import * as vscode from 'vscode';
import { type ContainerSummary } from '../../engine/containers.js';
import { type ImageSummary } from '../../engine/images.js';
import { type VolumeSummary } from '../../engine/volumes.js';
import { imageItem } from '../command-table.js';
import { formatAge, formatSize } from '../format.js';

/** A reference of an image, or an image without any. */
export class ImageNode extends vscode.TreeItem {
  constructor(
    readonly reference: string,
    image: ImageSummary,
    tagged: boolean,
  ) {
    const label = tagged ? reference : `<none> ${image.id.replace('sha256:', '').slice(0, 12)}`;
    super(label);
    this.id = `image:${reference}`;
    this.contextValue = tagged ? imageItem.tagged : imageItem.dangling;
    this.iconPath = new vscode.ThemeIcon(tagged ? 'package' : 'circle-slash');
    this.description = `${formatSize(image.size)} · ${formatAge(image.created)}`;
    this.accessibilityInformation = { label: `Image ${label}, ${this.description}` };
    this.tooltip = [
      tagged ? reference : 'An image without a reference',
      image.id,
      `${formatSize(image.size)}, created ${new Date(image.created).toLocaleString()}`,
    ].join('\n');
  }
}

/** One node for each reference; dangling images at the end. */
export function imageNodes(images: readonly ImageSummary[]): ImageNode[] {
  const tagged = images.flatMap((image) => image.references.map((reference) => ({ reference, image })));
  tagged.sort((left, right) => left.reference.localeCompare(right.reference));
  const dangling = images.filter((image) => image.references.length === 0);
  return [
    ...tagged.map(({ reference, image }) => new ImageNode(reference, image, true)),
    ...dangling.map((image) => new ImageNode(image.id, image, false)),
  ];
}

/** Running containers first, then the newest. */
export function containerNodes(containers: readonly ContainerSummary[]): vscode.TreeItem[] {
  const running = (container: ContainerSummary): number => (container.state === 'running' ? 0 : 1);
  return [...containers]
    .sort((left, right) => running(left) - running(right) || right.created - left.created)
    .map((container) => {
      const item = new vscode.TreeItem(container.name);
      item.id = `container:${container.id}`;
      item.contextValue = 'container';
      item.iconPath = containerIcon(container);
      item.description = `${container.image} · ${container.status}`;
      item.accessibilityInformation = { label: `Container ${container.name}, ${item.description}` };
      item.tooltip = `${container.name}\n${container.image}\n${container.status}\n${container.id}`;
      return item;
    });
}

function containerIcon({ state, status }: ContainerSummary): vscode.ThemeIcon {
  switch (state) {
    case 'running':
      return new vscode.ThemeIcon('vm-running', new vscode.ThemeColor('charts.green'));
    case 'paused':
      return new vscode.ThemeIcon('debug-pause');
    case 'exited':
      return status.startsWith('Exited (0)')
        ? new vscode.ThemeIcon('pass')
        : new vscode.ThemeIcon('error', new vscode.ThemeColor('charts.red'));
    default:
      return new vscode.ThemeIcon('vm-outline');
  }
}

export function volumeNodes(volumes: readonly VolumeSummary[]): vscode.TreeItem[] {
  return [...volumes]
    .sort((left, right) => left.name.localeCompare(right.name))
    .map((volume) => {
      const anonymous = /^[0-9a-f]{64}$/.test(volume.name);
      const label = anonymous ? volume.name.slice(0, 12) : volume.name;
      const item = new vscode.TreeItem(label);
      item.id = `volume:${volume.name}`;
      item.contextValue = 'volume';
      item.iconPath = new vscode.ThemeIcon('database');
      const created = volume.created === undefined ? '' : formatAge(Date.parse(volume.created));
      item.description = [anonymous ? 'anonymous' : '', created].filter((part) => part !== '').join(' · ');
      item.accessibilityInformation = { label: `Volume ${label}, ${item.description}` };
      item.tooltip = `${volume.name}\nDriver: ${volume.driver}`;
      return item;
    });
}
